import type { CommandSettings } from "../../config/settings.ts";
import { FraisierError } from "../../domain/errors.ts";
import type { Command } from "../../host/processes.ts";
import type { Phase } from "../../domain/phase.ts";
import { shown } from "./shown.ts";
import type { Step } from "../step.ts";

/** A command of the operator's, run in the release: `install`, `build`, `test`. */
export function runCommand(name: string, settings: CommandSettings): Step<"command"> {
  return {
    name,
    phase: "building",
    describe: () =>
      `Run ${name}: ${shown(settings.command)}${settings.user === undefined ? "" : ` as ${settings.user}`}`,
    async run({ command }) {
      await command(settings.command, { user: settings.user, timeoutMs: settings.timeout });
    },
  };
}

/**
 * The commands of one hook, one after the other, in the release. @param onError `warn`: the first command that fails ends the hook and is told, and the
 * deployment goes on.
 */
export function runHook(
  name: string,
  phase: Phase,
  commands: readonly Command[],
  onError: "warn" | "fail" = "fail",
): Step<"command" | "progress" | "warn"> {
  return {
    name,
    phase,
    describe: () => `Run hook ${name}: ${commands.map(shown).join("; ")}`,
    async run({ command, progress, signal, warn }) {
      for (const [index, each] of commands.entries()) {
        try {
          await command(each);
        } catch (error) {
          signal.throwIfAborted();
          if (onError === "fail" || !(error instanceof FraisierError)) throw error;
          const words = error.hint === undefined ? "" : ` (${error.hint})`;
          return await warn(`the release is live, but the hook ${error.message}${words}`);
        }
        progress((index + 1) / commands.length);
      }
    },
  };
}
