import { dirname, join } from "node:path";
import { HostUnavailable, StepFailed } from "../../domain/errors.ts";
import type { JobSettings } from "../../schedule/job.ts";
import { confinementOf } from "../../schedule/job-confinement.ts";
import { serviceText, timerText } from "../../schedule/unit-text.ts";
import { targetName } from "../../domain/fraise.ts";
import type { Units } from "../../service-managers/units.ts";
import { linkOnTheWay } from "../release/link-on-the-way.ts";
import type { Places, PreviewContext, StepContext } from "../capabilities.ts";

/** A unit of a job (its service or its timer), as it should be. */
export interface WantedUnit {
  readonly name: string;
  /** The wanted text of its file; undefined if it is the operator's own, installed on the machine by hand. */
  readonly text: string | undefined;
  readonly from: "the repository" | "fraises.yaml" | "this machine";
}

/** The job of the target and the manager of its units. */
export function jobOf({ target, units }: Pick<StepContext<"units">, "target" | "units">): {
  job: JobSettings;
  units: Units;
} {
  const { job } = target.settings;
  if (job === undefined || units === undefined) throw new HostUnavailable(`${targetName(target)} has no job`);
  return { job, units };
}

/**
 * The service and the timer a job should have: the repository's file where the operator lets the repository say it and it has one, else what
 * fraises.yaml says, else what is on the machine.
 */
export async function wantedUnits(
  context: Pick<StepContext<"units">, "target" | "places" | "units">,
  read: ReadUnit,
): Promise<readonly WantedUnit[]> {
  const { target, places } = context;
  const { job, units } = jobOf(context);
  const { command } = job;
  const place = {
    target: targetName(target),
    current: places.current,
    user: units.user && (job.user ?? units.user),
    confinement: command === undefined ? [] : await confinementFor(context),
  };
  const generated: readonly (readonly [string, string | undefined])[] = [
    [job.service, command === undefined ? undefined : serviceText(job, command, place)],
    [job.timer, job.calendar.length === 0 ? undefined : timerText(job, place)],
  ];
  const wanted: WantedUnit[] = [];
  for (const [name, text] of generated) {
    const file = job.unit_files === undefined ? undefined : join(job.unit_files, name);
    const own = file === undefined ? undefined : await read(file);
    const generatedBy = text === undefined ? "this machine" : "fraises.yaml";
    wanted.push({ name, text: own ?? text, from: own === undefined ? generatedBy : "the repository" });
  }
  return wanted;
}

/**
 * Lines that hide fraisier's own things from a job of fraisier's own user, if the target wants a sandbox and the machine can do it. A job that comes `after` others has to ask systemd,
 * and so gets none.
 */
async function confinementFor(
  context: Pick<StepContext<"units">, "target" | "places" | "units">,
): Promise<readonly (readonly [string, string])[]> {
  const { target, places } = context;
  const { job, units } = jobOf(context);
  if (target.settings.sandbox.mode === "off" || job.scope !== "user" || job.after.length > 0) return [];
  // Copies of units lie in a folder of the state folder, one folder for each target.
  const lines = confinementOf({ app: places.app, state: dirname(dirname(places.copies)) });
  return (await units.canConfine(lines)) ? lines : [];
}

/** Reads a unit file of the repository by its path there; undefined where there is none. */
type ReadUnit = (path: string) => Promise<string | undefined>;

/** From a release, built units and all. @throws StepFailed for a link: what it names is not the repository's. */
export function unitsIn({ host: { files } }: Pick<StepContext<"files">, "host">, release: string): ReadUnit {
  return async (path) => {
    const way = await linkOnTheWay(files, release, path);
    if (way !== undefined) throw isLink(way);
    return await files.readInside(join(release, path), [release]);
  };
}

/** From the revision itself, before there is a release. */
export function unitsInRevision({ host: { git }, places, deployment }: PreviewContext<"git">): ReadUnit {
  return async (path) => {
    const file = (await git.listFiles(places.mirror, deployment.revision))?.find((each) => each.path === path);
    if (file?.kind === "link") throw isLink(path);
    return file === undefined ? undefined : await git.readFile(places.mirror, file);
  };
}

function isLink(path: string): StepFailed {
  return new StepFailed(`${path} is a link: a unit is installed from a file`);
}

/** The thing that is installed under this name: a file's text, a link (a mask, for one) as its target, or nothing. */
export async function installedText(
  { host }: Pick<StepContext<"files">, "host">,
  path: string,
): Promise<string | undefined> {
  const link = await host.files.readLink(path);
  return link === undefined ? await host.files.readText(path) : `-> ${link}`;
}

/**
 * The folder in which a deployment keeps the unit files that it replaced. Outlives the deployment: a rollback may be long after. Never in the app_path: root
 * installs these copies again, and another user may write there.
 */
export function copiesFolder({ copies }: Places, deployment: string): string {
  return join(copies, deployment);
}

/** The folder that a fraisier before 1.0 used: a deployment that it began may have to be taken back. */
export function oldCopiesFolder({ app, mirror, release }: Places, deployment: string): string {
  const isCheckout = release === app;
  return isCheckout ? join(mirror, "fraisier-units", deployment) : join(app, "units", deployment);
}
