import { basename, join } from "node:path";
import type { Target } from "../config/config.ts";
import { short } from "../domain/decision.ts";
import type { Host } from "../host/host.ts";
import type { JobSettings } from "../schedule/job.ts";
import type { Service } from "../service-managers/service-manager.ts";
import type { Units } from "../service-managers/units.ts";

/** What is on record of a target that runs something. */
export interface Recorded {
  readonly revision: string;
  /** The folder it runs from; null where that is not known. */
  readonly release: string | null;
}

/** What brings the code to life, where the target has such. */
export interface Managed {
  readonly service: Service | undefined;
  readonly units: Units | undefined;
}

/** How what the host does differs from what is recorded, in sentences; empty when they agree. Looks, and changes nothing. */
export async function findDrift(
  { settings }: Pick<Target, "settings">,
  recorded: Recorded,
  host: Pick<Host, "files" | "git">,
  { service, units }: Managed,
): Promise<readonly string[]> {
  const code = settings.layout === "in_place" ? checkoutDrift : releaseDrift;
  return [
    // Borrowed code has no folder of its own: whose it is says how it is.
    ...(settings.code_from === undefined
      ? await looked(settings.app_path, code(settings.app_path, recorded, host))
      : []),
    ...(await serviceDrift(service)),
    ...(settings.job === undefined ? [] : await timerDrift(settings.job, units)),
  ];
}

/** A folder that may not be entered is something to tell, and no reason to look at nothing else. */
async function looked(path: string, drift: Promise<readonly string[]>): Promise<readonly string[]> {
  return await drift.catch((error: unknown) => [
    `${path} cannot be looked at: ${error instanceof Error ? error.message : String(error)}`,
  ]);
}

async function timerDrift({ timer }: JobSettings, units: Units | undefined): Promise<readonly string[]> {
  if (units === undefined) return [];
  try {
    const { loaded, active, enabled, description } = await units.timerState(timer);
    if (!loaded || !active) return [`${timer} is ${description}`];
    return enabled ? [] : [`${timer} is disabled: it does not come up with the machine`];
  } catch (error) {
    return [`${timer} cannot be asked: ${error instanceof Error ? error.message : String(error)}`];
  }
}

async function releaseDrift(
  app: string,
  { release }: Recorded,
  { files }: Pick<Host, "files">,
): Promise<readonly string[]> {
  if (release === null) return [];
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
  { git }: Pick<Host, "git">,
): Promise<readonly string[]> {
  const state = await git.checkoutState(app).catch((error: unknown) => String(error));
  if (typeof state === "string") return [`the checkout ${app} cannot be read: ${state}`];
  return [
    ...(state.revision === revision
      ? []
      : [`the checkout ${app} was moved by hand: it is at ${short(state.revision)}, not at ${short(revision)}`]),
    ...(state.dirty ? [`tracked files in ${app} were changed by hand`] : []),
  ];
}

async function serviceDrift(service: Service | undefined): Promise<readonly string[]> {
  if (service === undefined) return [];
  try {
    const { up, changing, description } = await service.state();
    return up || changing ? [] : [`${service.name} is ${description}`];
  } catch (error) {
    return [`${service.name} cannot be asked: ${error instanceof Error ? error.message : String(error)}`];
  }
}
