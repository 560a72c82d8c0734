import { basename, join } from "node:path";
import type { Target } from "../config/config.ts";
import { short } from "../domain/decision.ts";
import { UnitUnusable } from "../domain/errors.ts";
import { messageOf } from "../domain/message-of.ts";
import type { Host } from "../host/host.ts";
import type { JobSettings } from "../schedule/job.ts";
import type { Service } from "../service-managers/service-manager.ts";
import type { Units } from "../service-managers/units.ts";

/** The record of a target that runs something. */
export interface Recorded {
  readonly revision: string;
  /** The folder it runs from; null where that is not known. */
  readonly release: string | undefined;
  /** For `code_from`: the target whose code it runs. */
  readonly lender?: Lender | undefined;
}

/** A target whose code another one runs. */
export interface Lender {
  readonly name: string;
  /** The revision that it runs at this moment; undefined for none. */
  readonly revision: string | undefined;
}

/** The things that bring the code to life, if the target has such. */
export interface Managed {
  readonly service: Service | undefined;
  readonly units: Units | undefined;
}

/** The result of a look at the host, in sentences. Both lists are empty if the host agrees with the record. */
export interface Drift {
  /** How the host differs from the record. */
  readonly differs: readonly string[];
  /** The things that could not be looked at, and why: they are no difference. */
  readonly unknown: readonly string[];
}

/** How what the host does differs from what is recorded. Looks, and changes nothing. */
export async function findDrift(
  { settings, subscription }: Pick<Target, "settings" | "subscription">,
  recorded: Recorded,
  host: Pick<Host, "files" | "git">,
  { service, units }: Managed,
): Promise<Drift> {
  const { job, layout, app_path: path, code_from } = settings;
  const folder = layout === "in_place" ? path : join(path, "current");
  const code = layout === "in_place" ? checkoutDrift : releaseDrift;
  const looks = await Promise.all([
    // Borrowed code has no folder of its own: how that folder is, the lender's own drift says.
    ...(code_from === undefined
      ? [look(`${path} cannot be looked at`, code(path, recorded, host))]
      : [{ differs: lenderDrift(recorded), unknown: [] }]),
    ...(service === undefined
      ? []
      : [look(`${service.name} cannot be asked`, serviceDrift(service, folder, subscription.repository))]),
    ...(job === undefined || units === undefined ? [] : [look(`${job.timer} cannot be asked`, timerDrift(job, units))]),
  ]);
  return { differs: looks.flatMap(({ differs }) => differs), unknown: looks.flatMap(({ unknown }) => unknown) };
}

/** A look that fails found out nothing: no difference, and no agreement either. */
async function look(failure: string, drift: Promise<readonly string[]>): Promise<Drift> {
  try {
    return { differs: await drift, unknown: [] };
  } catch (error) {
    if (error instanceof UnitUnusable) return { differs: [error.message], unknown: [] };
    return { differs: [], unknown: [`${failure}: ${messageOf(error)}`] };
  }
}

/** The lender's code is read by its borrowers at once, whoever rolled it back or promoted it: what was recorded of a borrower may be of another revision. */
function lenderDrift({ revision, lender }: Recorded): readonly string[] {
  if (lender === undefined || lender.revision === revision) return [];
  const now = lender.revision === undefined ? "nothing" : short(lender.revision);
  return [`its code is that of ${lender.name}, which runs ${now} now; it was deployed at ${short(revision)}`];
}

async function timerDrift({ timer }: JobSettings, units: Units): Promise<readonly string[]> {
  const { loaded, active, enabled, description } = await units.timerState(timer);
  if (!loaded || !active) return [`${timer} is ${description}`];
  return enabled ? [] : [`${timer} is disabled: it does not come up with the machine`];
}

async function releaseDrift(
  app: string,
  { release }: Recorded,
  { files }: Pick<Host, "files">,
): Promise<readonly string[]> {
  if (release === undefined) return [];
  const current = join(app, "current");
  const link = await files.readLink(current);
  if (link === undefined) return [`${current} is no link any more`];
  if (basename(link) !== basename(release))
    return [`${current} was switched by hand: it points to ${basename(link)}, not to ${basename(release)}`];
  return (await files.exists(release)) ? [] : [`the release ${release} is gone`];
}

async function checkoutDrift(
  app: string,
  { revision }: Recorded,
  { files, git }: Pick<Host, "files" | "git">,
): Promise<readonly string[]> {
  if (!(await files.exists(app))) return [`the checkout ${app} is gone`];
  const state = await git.checkoutState(app);
  return [
    ...(state.revision === revision
      ? []
      : [`the checkout ${app} was moved by hand: it is at ${short(state.revision)}, not at ${short(revision)}`]),
    ...(state.dirty ? [`tracked files in ${app} were changed by hand`] : []),
  ];
}

async function serviceDrift(service: Service, folder: string, repository: string): Promise<readonly string[]> {
  const { up, changing, description } = await service.state();
  if (!up && !changing) return [`${service.name} is ${description}`];
  const origin = await service.codeOrigin({ folder, repository, isLive: true });
  return origin?.kind === "other" ? [`${service.name} runs from ${origin.from}, not from ${origin.wanted}`] : [];
}
