import type { CommandSettings } from "../../config/settings.ts";
import type { RollbackAct } from "../on-rollback.ts";

/**
 * Installs and builds the revision that a checkout in place holds again: the failed revision has left its own dependencies and build in the same folder.
 */
export function rebuildCheckout(commands: readonly CommandSettings[]): RollbackAct<"changes" | "command"> {
  return {
    name: "keep-build",
    describe: () => "Note that going back means to install and build the old revision again",
    async run({ command, hasChanged, log }) {
      if (!hasChanged) return log("the checkout was not touched");
      for (const each of commands) await command(each.command, { user: each.user, timeoutMs: each.timeout });
    },
  };
}
