import { basename, join } from "node:path";
import type { Step } from "./step.ts";

/** Removes old releases, the oldest first; never what `current` names nor what a rollback would go back to. */
export const pruneReleases: Step = {
  name: "prune-releases",
  phase: "finalizing",
  describe: ({ target, places }) => `Keep the newest ${target.settings.keep_releases} releases in ${places.releases}`,
  async run({ target, places, host, log, previousRelease }) {
    const current = basename((await host.files.readLink(places.current)) ?? "");
    const kept = new Set([current, basename(places.release), basename(previousRelease ?? "")]);
    // Names are ids, which sort by time.
    const names = await host.files.list(places.releases);
    const old = names
      .filter((name) => !kept.has(name))
      .slice(0, Math.max(0, names.length - target.settings.keep_releases));
    for (const name of old) {
      await host.files.remove(join(places.releases, name));
      log(`removed release ${name}`);
    }
  },
};
