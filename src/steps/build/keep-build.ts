import type { CommandSettings } from "../../config/settings.ts";
import type { Step } from "../step.ts";

/**
 * Stands before a checkout in place is moved: taken back, it installs and builds what the checkout holds again by then, since the failed
 * revision has left its own dependencies and build in the same folder.
 */
export function keepBuild(commands: readonly CommandSettings[]): Step<"command"> {
  return {
    name: "keep-build",
    phase: "copying_files",
    describe: () => "Note that going back means to install and build the old revision again",
    async run() {},
    async undo({ command }) {
      for (const each of commands) await command(each.command, { user: each.user, timeoutMs: each.timeout });
    },
  };
}
