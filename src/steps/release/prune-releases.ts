import { basename, join } from "node:path";
import { HostUnavailable } from "../../domain/errors.ts";
import { refuseLinkedReleases } from "./refuse-linked-releases.ts";
import { removeLeftovers } from "./remove-leftovers.ts";
import type { StepContext } from "../capabilities.ts";
import type { Step } from "../step.ts";

/** Removes old releases, the oldest first; never what `current` names nor what a rollback would go back to. */
export const pruneReleases: Step<"files" | "releases"> = {
  name: "prune-releases",
  phase: "finalizing",
  describe: ({ target, places }) => `Keep the newest ${target.settings.keep_releases} releases in ${places.releases}`,
  run: removeOldReleases,
};

/**
 * Removes leftovers and old releases, also before a release is laid out: deployments that fail must not fill the disk. Leftovers of dead runners go first. A
 * release is renamed before it is removed, so that half of one is never taken for a release. A release that cannot be removed is no reason to fail: it is tried
 * again next time. Only folders that have the id of a deployment on record are removed: fraisier did not make the others.
 */
export async function removeOldReleases(context: StepContext<"files" | "releases">): Promise<void> {
  const { target, places, host, log, previousRelease } = context;
  await refuseLinkedReleases(context);
  const current = basename((await host.files.readLink(places.current)) ?? "");
  const kept = new Set([current, basename(places.release), basename(previousRelease ?? "")]);
  const entries = (await host.files.list(places.releases)).map(entryOf).filter((entry) => entry !== undefined);
  const recorded = await context.recordedDeployments(entries.map(({ id }) => id));
  const ours = entries.filter(({ id }) => recorded.has(id));
  const remains = ours.filter(({ isWhole }) => !isWhole).map(({ name }) => name);
  // Names are ids, which sort by time.
  const names = ours.filter(({ isWhole }) => isWhole).map(({ name }) => name);
  const old = names
    .filter((name) => !kept.has(name))
    .slice(0, Math.max(0, names.length - target.settings.keep_releases));
  const remove = async (name: string, doomed: string): Promise<void> => {
    try {
      if (doomed !== name) await host.files.rename(join(places.releases, name), join(places.releases, doomed));
      await host.files.remove(join(places.releases, doomed));
      log(`removed release ${name}`);
    } catch (error) {
      if (!(error instanceof HostUnavailable)) throw error;
      log(`the old release ${name} stays for now: ${error.message}`);
    }
  };
  for (const name of remains) await remove(name, name);
  for (const name of old) await remove(name, `${name}.deleting`);
  await removeLeftovers({ host }, places.current);
}

/** An entry of the folder of releases that has a name which fraisier gives. */
export interface ReleaseEntry {
  readonly name: string;
  /** The deployment that made it. */
  readonly id: string;
  readonly isWhole: boolean;
}

const WHOLE = /^([0-9a-z]{13})$/;
/** A release that is being written or removed, and the index of git for one that is being written. */
const REMAINS =
  /^(?:([0-9a-z]{13})\.(?:unfinished|deleting)|\.([0-9a-z]{13})\.unfinished\.index-[0-9a-f-]+(?:\.lock)?)$/;

/** Undefined for a name that fraisier gives to nothing. */
export function entryOf(name: string): ReleaseEntry | undefined {
  const whole = WHOLE.exec(name)?.[1];
  if (whole !== undefined) return { name, id: whole, isWhole: true };
  const [, removed, index] = REMAINS.exec(name) ?? [];
  const id = removed ?? index;
  return id === undefined ? undefined : { name, id, isWhole: false };
}
