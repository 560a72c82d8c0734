import { isAbsolute, normalize } from "node:path";
import type { JobSettings } from "../../schedule/job.ts";
import { readSchedule } from "../../schedule/schedule.ts";
import { inOrder } from "./job-order.ts";
import { pathName } from "../file/locate.ts";
import type { Path } from "../file/locate.ts";
import type { Problems } from "../file/problems.ts";
import type { RawEnvironment } from "../keys/schema.ts";

type RawJob = NonNullable<RawEnvironment["jobs"]>[string];

/** A job as a target needs it. */
export interface NamedJob {
  readonly name: string;
  readonly settings: JobSettings;
  /** Globs of the files that this job depends on; empty means every file. */
  readonly paths: readonly string[];
}

/** systemd.unit(5), without what systemctl would take for a pattern. */
const UNIT_NAME = /^[A-Za-z0-9:_.\\@][A-Za-z0-9:_.\\@-]{0,240}$/;

/** The jobs of one environment, each after those it depends on. */
export function jobsOf(
  environment: RawEnvironment,
  shared: { readonly user: string | undefined; readonly paths: readonly string[] },
  path: Path,
  problems: Problems,
): readonly NamedJob[] {
  const { jobs = {} } = environment;
  checkEnvironment(environment, path, problems);
  const [, fraise = "", , name = ""] = path.map(String);
  const services = new Map(
    Object.entries(jobs).map(([job, { systemd_service: unit }]) => [
      job,
      unitName(unit, `${fraise}-${name}-${job}`, "service"),
    ]),
  );
  return inOrder(jobs, [...path, "jobs"], problems).map(([job, raw]) => {
    const at = [...path, "jobs", job];
    const service = services.get(job) ?? "";
    const timer = unitName(raw.systemd_timer, service.replace(/\.service$/, ""), "timer");
    checkName(service, [...at, "systemd_service"], problems);
    checkName(timer, [...at, "systemd_timer"], problems);
    checkJob(raw, environment.scope ?? "system", at, problems);
    const paths = raw.paths ?? shared.paths;
    const folder =
      environment.unit_files === undefined ? undefined : normalize(environment.unit_files).replace(/\/$/, "");
    return {
      name: job,
      paths: withUnits(paths, folder === undefined ? [] : [`${folder}/${service}`, `${folder}/${timer}`]),
      settings: {
        service,
        timer,
        scope: environment.scope ?? "system",
        unit_directory: environment.unit_directory,
        unit_files: folder,
        calendar: calendarOf(raw, [...at, "schedule"], problems),
        command: raw.command,
        user: raw.user ?? shared.user,
        description: raw.description ?? "",
        after: (raw.depends_on ?? []).flatMap((other) => services.get(other) ?? []),
        timeout: raw.timeout,
        environment_file: raw.environment_file,
        persistent: raw.persistent ?? false,
      },
    };
  });
}

/** A change of the job's unit files is a change of the job. If paths only exclude, every other file counts already. */
function withUnits(paths: readonly string[], units: readonly string[]): readonly string[] {
  return paths.every((path) => path.startsWith("!")) ? paths : [...paths, ...units];
}

function checkEnvironment(environment: RawEnvironment, path: Path, problems: Problems): void {
  const { unit_files: files, unit_directory: directory } = environment;
  for (const key of ["service", "systemd_service"] as const) {
    if (environment[key] !== undefined)
      problems.atKey(
        [...path, key],
        `${pathName([...path, key])}: units belong to the jobs here: jobs.<name>.systemd_service`,
      );
  }
  if (files !== undefined && (isAbsolute(files) || normalize(files).startsWith(".."))) {
    problems.of([...path, "unit_files"], " must be a folder of the repository");
  }
  if (directory !== undefined && !isAbsolute(directory))
    problems.of([...path, "unit_directory"], " must be an absolute path");
  // oxlint-disable-next-line no-control-regex -- it becomes a line of a unit file
  if (/[\x00-\x1f\\]/.test(environment.app_path)) {
    problems.of([...path, "app_path"], " holds a backslash or a control character, which a unit file cannot say");
  }
}

function checkJob(job: RawJob, scope: "system" | "user", at: Path, problems: Problems): void {
  if (scope === "user" && job.user !== undefined) {
    problems.of([...at, "user"], `: with scope: user every job runs as the user fraisier runs as`);
  }
  const program = Array.isArray(job.command) ? job.command[0] : undefined;
  if (program !== undefined && !/^[\w./][\w./+:@,=~-]*$/.test(program)) {
    problems.of(
      [...at, "command"],
      `: "${program}" is no name of a program that a unit file can say: write the command as one line`,
    );
  }
  if (job.environment_file !== undefined && !/^-?\/[^\n\\]*$/.test(job.environment_file)) {
    problems.of([...at, "environment_file"], " must be an absolute path; with a - before it, it may be missing");
  }
}

function calendarOf({ schedule = [] }: RawJob, at: Path, problems: Problems): readonly string[] {
  return schedule.flatMap((text, index) => {
    const reading = readSchedule(text);
    if ("calendar" in reading) return reading.calendar;
    problems.of([...at, index], ` "${text}" is no schedule: ${reading.problem}`);
    return [];
  });
}

function unitName(given: string | undefined, otherwise: string, suffix: "service" | "timer"): string {
  const name = given ?? otherwise;
  return /\.(service|timer|socket|target|path|mount)$/.test(name) ? name : `${name}.${suffix}`;
}

function checkName(unit: string, at: Path, problems: Problems): void {
  const suffix = String(at.at(-1)).replace("systemd_", "");
  if (!UNIT_NAME.test(unit) || !unit.endsWith(`.${suffix}`))
    problems.of(at, `: "${unit}" is no name of a ${suffix} unit: shop-daily.${suffix}`);
  if (/^fraisier([-@.]|$)/.test(unit)) problems.of(at, `: "${unit}" is fraisier's own`);
}
