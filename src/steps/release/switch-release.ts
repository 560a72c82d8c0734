import { relative } from "node:path";
import type { Step } from "../step.ts";

/** The moment of truth: `current` points to the new release, in one atomic rename. */
export const switchRelease: Step<"facts" | "files"> = {
  name: "switch-release",
  phase: "creating_symlinks",
  describe: ({ places }) => `Switch ${places.current} to the new release`,
  async run({ places, host, facts, remember, log }) {
    if (!("previousLink" in facts))
      await remember({ previousLink: (await host.files.readLink(places.current)) ?? null });
    // The release must be whole on disk before `current` names it.
    await host.files.sync(places.release, { deep: true });
    await host.files.switchLink(places.current, relative(places.app, places.release));
    log(`${places.current} -> ${relative(places.app, places.release)}`);
  },
  async undo({ places, host, facts, log }) {
    if (!("previousLink" in facts)) return;
    const previous = facts["previousLink"];
    if (typeof previous === "string") {
      await host.files.switchLink(places.current, previous);
      log(`${places.current} -> ${previous}`);
    } else {
      await host.files.remove(places.current);
      log(`${places.current} removed: there was none before`);
    }
  },
};
