import type { ScriptSettings } from "./check-script.ts";
import { runnerOf } from "./check-script.ts";
import { RUN_SCRIPT } from "./run-script.ts";
import type { Step } from "../step.ts";

/**
 * Stands before the first step that changes the code. Taken back, last of all, it deploys the revision that is live again by running a script of that revision:
 * only a script can take back what a script did. Does nothing if the script of the failed revision never began.
 */
export function keepScript(
  script: ScriptSettings,
  timeoutMs: number | undefined,
): Step<"command" | "env" | "git" | "journal" | "processes" | "running"> {
  return {
    name: "keep-script",
    phase: "creating_symlinks",
    describe: () => `Note that going back means to run ${script.path} of the revision that runs now`,
    async run() {},
    async undo(context) {
      const { deployment, factsOf, previousRevision, places, log, command } = context;
      if (!("begun" in factsOf(RUN_SCRIPT))) return;
      if (previousRevision === undefined) {
        log("nothing ran before: there is no older revision to go back to");
        return;
      }
      const runner = await runnerOf({ ...context, deployment: { ...deployment, revision: previousRevision } }, script);
      log(`running ${script.path} of ${previousRevision}`);
      await command(runner, {
        cwd: places.current,
        timeoutMs,
        variables: {
          FRAISIER_ROLLBACK: "1",
          FRAISIER_REVISION: previousRevision,
          FRAISIER_PREVIOUS_REVISION: deployment.revision,
          FRAISIER_RELEASE_PATH: places.current,
        },
      });
    },
  };
}
