import type { Phase } from "../../domain/phase.ts";
import { StepFailed } from "../../domain/errors.ts";
import { CHECK_SCRIPT } from "./check-script.ts";
import type { Step } from "../step.ts";

export const RUN_SCRIPT = "run-script";

/**
 * Runs the script in the release, its output in the deployment's log. A runner that dies while it runs does not run it again: nobody knows how far it
 * came, so the phase must be one whose crash is taken back.
 */
export function runScript(
  path: string,
  phase: Phase,
  timeoutMs: number | undefined,
): Step<"command" | "facts" | "journal"> {
  return {
    name: RUN_SCRIPT,
    phase,
    describe: () => `Run ${path}`,
    async run({ command, factsOf, remember }) {
      const { runner } = factsOf(CHECK_SCRIPT);
      if (!Array.isArray(runner)) throw new StepFailed(`nothing is known of how to run ${path}`);
      await remember({ begun: true });
      await command(runner as readonly string[], { timeoutMs });
    },
  };
}
