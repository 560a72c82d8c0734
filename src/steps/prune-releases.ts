import { basename, join } from "node:path";
import type { Step, StepContext } from "./step.ts";

/** Removes old releases, the oldest first; never what `current` names nor what a rollback would go back to. */
export const pruneReleases: Step = {
  name: "prune-releases",
  phase: "finalizing",
  describe: ({ target, places }) => `Keep the newest ${target.settings.keep_releases} releases in ${places.releases}`,
  run: removeOldReleases,
};

/** Before a release is laid out as well: deployments that fail must not fill the disk. What a runner that died left unfinished goes first. */
export async function removeOldReleases({ target, places, host, log, previousRelease }: StepContext): Promise<void> {
  const current = basename((await host.files.readLink(places.current)) ?? "");
  const kept = new Set([current, basename(places.release), basename(previousRelease ?? "")]);
  const found = await host.files.list(places.releases);
  const unfinished = found.filter((name) => name.endsWith(".unfinished"));
  // Names are ids, which sort by time.
  const names = found.filter((name) => !unfinished.includes(name));
  const old = names
    .filter((name) => !kept.has(name))
    .slice(0, Math.max(0, names.length - target.settings.keep_releases));
  for (const name of [...unfinished, ...old]) {
    await host.files.remove(join(places.releases, name));
    log(`removed release ${name}`);
  }
}
