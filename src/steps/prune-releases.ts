import { basename, join } from "node:path";
import { HostUnavailable } from "../domain/errors.ts";
import { removeLeftovers } from "./remove-leftovers.ts";
import type { Step, StepContext } from "./step.ts";

/** Removes old releases, the oldest first; never what `current` names nor what a rollback would go back to. */
export const pruneReleases: Step = {
  name: "prune-releases",
  phase: "finalizing",
  describe: ({ target, places }) => `Keep the newest ${target.settings.keep_releases} releases in ${places.releases}`,
  run: removeOldReleases,
};

/**
 * Before a release is laid out as well: deployments that fail must not fill the disk. What runners that died left goes first. A release is renamed before it
 * is removed, so that half of one is never taken for a release. One that cannot be removed is no reason to fail: it is tried again next time.
 */
export async function removeOldReleases({ target, places, host, log, previousRelease }: StepContext): Promise<void> {
  const current = basename((await host.files.readLink(places.current)) ?? "");
  const kept = new Set([current, basename(places.release), basename(previousRelease ?? "")]);
  const found = await host.files.list(places.releases);
  const remains = found.filter((name) => REMAINS.test(name));
  // Names are ids, which sort by time.
  const names = found.filter((name) => !REMAINS.test(name));
  const old = names
    .filter((name) => !kept.has(name))
    .slice(0, Math.max(0, names.length - target.settings.keep_releases));
  const remove = async (name: string): Promise<void> => {
    try {
      const doomed = REMAINS.test(name) ? name : `${name}.deleting`;
      if (doomed !== name) await host.files.rename(join(places.releases, name), join(places.releases, doomed));
      await host.files.remove(join(places.releases, doomed));
      log(`removed release ${name}`);
    } catch (error) {
      if (!(error instanceof HostUnavailable)) throw error;
      log(`the old release ${name} stays for now: ${error.message}`);
    }
  };
  for (const name of [...remains, ...old]) await remove(name);
  await removeLeftovers({ host }, places.current);
}

/** A release that is being written or removed, and the index of git for one that is being written. */
const REMAINS = /\.(unfinished|deleting)$|^\..*\.index-[0-9a-f-]+(\.lock)?$/;
