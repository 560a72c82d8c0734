import type { Phase } from "../../domain/phase.ts";
import { StepFailed } from "../../domain/errors.ts";
import type { Members } from "../capabilities.ts";
import { runnerFrom } from "./check-script.ts";
import type { Step } from "../step.ts";

const RUN_SCRIPT = "run-script";

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
      const runner = runnerFrom({ factsOf });
      if (runner === undefined) throw new StepFailed(`nothing is known of how to run ${path}`);
      await remember({ begun: true });
      await command(runner, { timeoutMs });
    },
  };
}

/** Whether the script was begun, by what this step remembered. */
export function wasRun({ factsOf }: Pick<Members<"journal">, "factsOf">): boolean {
  return "begun" in factsOf(RUN_SCRIPT);
}
