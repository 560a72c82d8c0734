import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { createScenario, until } from "../helpers/scenario.ts";
import type { DeploymentRow, Scenario } from "../helpers/scenario.ts";
import { holdPrograms } from "./held-programs.ts";
import type { HeldProgram, HeldPrograms, ProgramPoint, WatchedProgram } from "./held-programs.ts";
import { report, rowsOf, whatIsWrong } from "./matrix.ts";
import type { MatrixOptions, MatrixResult } from "./matrix.ts";
import { pickBySeed, sampleSeed, spread } from "./sample.ts";

/** Who dies while a program is in the middle of its work. If the runner alone dies, the program goes on at first. */
const DEATHS = ["program", "runner", "program and runner", "everything"] as const;
type Death = (typeof DEATHS)[number];
/** Whether places on the way forward, and on the way back, are taken. */
const ONE_DIRECTION = [
  [true, false],
  [false, true],
] as const;

export interface ProgramMatrixOptions extends Omit<MatrixOptions, "kinds"> {
  /** The programs in which something dies, by name. */
  readonly programs: (scenario: Scenario) => Readonly<Record<string, WatchedProgram>>;
  /** How many places a run takes; every place with FRAISIER_TEST_ALL=1. The seed decides who dies there. */
  readonly sample: number;
  /** What is wrong beside what every deployment must leave right; the version is the one that is live. */
  check?(scenario: Scenario, version: number): Promise<string | undefined>;
  /** Follows the hint of a deployment that a person must look at. Gives what is wrong if there is no such hint; the next push must go live then. */
  mend?(scenario: Scenario, row: DeploymentRow): Promise<string | undefined>;
}

/** A version that is bad fails once everything else is done, so that everything is taken back. */
const FAILS_IF_BAD = `verify: [{ type: command, command: "! grep -q bad VERSION" }]`;

interface Place {
  readonly point: ProgramPoint;
  readonly death: Death;
  /** Whether the deployment fails by itself and is being taken back. */
  readonly isTakenBack: boolean;
}

/** As crashMatrix, for deaths in the middle of the programs that a runner starts: forward, and while it takes back. */
export async function programMatrix(options: ProgramMatrixOptions): Promise<MatrixResult> {
  const { name, sample } = options;
  const isAll = process.env["FRAISIER_TEST_ALL"] === "1";
  const environment = [options.environment ?? "", FAILS_IF_BAD].join("\n");
  const scenario = await createScenario({ ...options, environment });
  const programs = holdPrograms(scenario.folder, options.programs(scenario));
  scenario.with({ PATH: `${programs.folder}:${process.env["PATH"] ?? ""}` });
  await options.prepare?.(scenario);
  await scenario.start();
  const bench = workbench(scenario, options, programs);
  await bench.deploy(false);
  const forward = await bench.record(false);
  // A small sample has one direction, as each costs a deployment.
  const [goesForward, goesBack] = isAll || sample > 2 ? [true, true] : pickBySeed(ONE_DIRECTION, name);
  const places = [...(goesForward ? forward : []), ...(goesBack ? await bench.record(true) : [])];
  const wanted = isAll ? places.length : Math.min(sample, places.length);
  const result = { name, recorded: places.length, points: 0, recovered: 0, lost: 0, doubled: 0 };
  const [unreached, problems]: [string[], string[]] = [[], []];
  for (const place of spread(places, places.length, `${sampleSeed()} ${name}`, groupOf)) {
    if (result.points === wanted) break;
    const outcome = await bench.die(place);
    // How often a program writes differs a little from one run to the next. Then another place is taken.
    if (outcome === "not reached") {
      unreached.push(nameOf(place));
      continue;
    }
    result.points += 1;
    if (outcome.deployments === 0) result.lost += 1;
    if (outcome.deployments > 1) result.doubled += 1;
    if (outcome.problem === undefined) result.recovered += 1;
    else problems.push(`${nameOf(place)}: ${outcome.problem}`);
  }
  report({ ...result, unreached, problems });
  return { ...result, unreached: result.points === wanted ? [] : unreached, problems };
}

/** Points of one call in one direction are alike: a sample takes them from different groups. */
function groupOf({ point, isTakenBack, death }: Place): string {
  return `${point.call} ${isTakenBack} ${death}`;
}

function nameOf({ point, death, isTakenBack }: Place): string {
  const where = `${point.call} (start ${point.start}) after ${point.syscall} ${point.count}`;
  return `${death} killed in ${where}${isTakenBack ? ", while it is taken back" : ""}`;
}

interface Workbench {
  deploy(isTakenBack: boolean): Promise<void>;
  /** Every place in the programs of one deployment, with somebody to die there; of one that is taken back only those on its way back. */
  record(isTakenBack: boolean): Promise<readonly Place[]>;
  die(place: Place): Promise<"not reached" | { readonly deployments: number; readonly problem: string | undefined }>;
}

function workbench(scenario: Scenario, options: ProgramMatrixOptions, programs: HeldPrograms): Workbench {
  let version = 0;
  let live = "";
  const forward = new Set<string>();
  const push = async (fails: boolean): Promise<string> => {
    version += 1;
    const revision = await scenario.commit(`${version}${fails ? " bad" : ""}`, options.files?.(String(version)));
    await scenario.push();
    return revision;
  };
  const settled = async (revision: string): Promise<DeploymentRow> => {
    const row = await scenario.settled(revision);
    if (row.status === "succeeded") live = `version ${version}`;
    return row;
  };
  const deploy: Workbench["deploy"] = async (isTakenBack) => {
    const row = await settled(await push(isTakenBack));
    expect(row).toMatchObject({ status: isTakenBack ? "rolled_back" : "succeeded" });
  };
  return {
    deploy,

    async record(isTakenBack) {
      programs.record();
      await deploy(isTakenBack);
      programs.letGo();
      // A watcher outlives its program by a moment.
      await until("the watchers to end", async () => !isWatched(programs.folder));
      const points = programs.recorded();
      const isNew = ({ call, start }: ProgramPoint): boolean => !forward.has(`${call} ${start}`);
      const found = isTakenBack ? points.filter(isNew) : points;
      if (!isTakenBack) for (const { call, start } of points) forward.add(`${call} ${start}`);
      // A program that dies alone while a deployment is taken back can make it rollback_failed: a person must look.
      const deaths = DEATHS.filter((death) => death !== "program" || !isTakenBack);
      return found.map((point, index) => ({
        point,
        isTakenBack,
        death: pickBySeed(deaths, `${options.name} ${index}`),
      }));
    },

    async die(place) {
      const { point, death, isTakenBack } = place;
      programs.holdAt(point);
      const revision = await push(isTakenBack);
      await until(
        nameOf(place),
        async () =>
          programs.held() !== undefined ||
          (await rowsOf(scenario, revision)).some((row) => row.finishedAt !== undefined),
        () => scenario.daemonLog().slice(-2_000),
      );
      const held = programs.held();
      programs.letGo();
      if (held !== undefined) await kill(scenario, held, death);
      let row: DeploymentRow | undefined;
      let problem: string | undefined;
      try {
        row = await settled(revision);
      } catch (error) {
        problem = String(error).slice(0, 3_000);
      }
      if (held === undefined) return "not reached";
      const deployments = (await rowsOf(scenario, revision)).length;
      const mayFail = death === "program" && row?.status === "failed";
      if (row?.status === "rollback_failed" && options.mend !== undefined) {
        problem ??= await options.mend(scenario, row);
        if (problem === undefined) await deploy(false);
      } else problem ??= await whatIsWrong(scenario, options, row, revision, live, mayFail ? ["failed"] : []);
      problem ??= await options.check?.(scenario, Number(live.replace("version ", "")));
      return { deployments, problem };
    },
  };
}

/** Ends whoever is to die, and lets what is left go on. */
async function kill(scenario: Scenario, { program, held, runner }: HeldProgram, death: Death): Promise<void> {
  const tree = death === "program" ? [held] : death === "runner" ? [] : [program, ...below(program)];
  if (death === "everything") await scenario.stop("SIGKILL");
  // The runner first: it must not see what became of its program.
  if (death !== "program") end(runner, "SIGKILL");
  for (const pid of tree) end(pid, "SIGKILL");
  end(held, "SIGCONT");
  if (death === "everything") await scenario.start();
}

function end(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended with its runner.
  }
}

/** Children of a process, and theirs. */
function below(pid: number): readonly number[] {
  const children = existsSync(`/proc/${pid}`)
    ? readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number)
    : [];
  return children.flatMap((child) => [child, ...below(child)]);
}

function isWatched(folder: string): boolean {
  return readdirSync("/proc").some((name) => {
    try {
      const command = readFileSync(join("/proc", name, "cmdline"), "latin1");
      return command.startsWith("strace\0-D") && command.includes(folder);
    } catch {
      // No process, or it ended meanwhile.
      return false;
    }
  });
}
