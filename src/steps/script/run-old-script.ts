import type { ScriptSettings } from "./check-script.ts";
import { runnerOf } from "./check-script.ts";
import { wasRun } from "./run-script.ts";
import type { RollbackAct } from "../on-rollback.ts";

/**
 * Deploys the revision that is live again by running a script of that revision: only a script can take back what a script did. Does nothing if the script of
 * the failed revision never began.
 */
export function runOldScript(
  script: ScriptSettings,
  timeoutMs: number | undefined,
): RollbackAct<"command" | "env" | "git" | "journal" | "processes" | "running"> {
  return {
    name: "keep-script",
    describe: () => `Note that going back means to run ${script.path} of the revision that runs now`,
    async run(context) {
      const { deployment, factsOf, previousRevision, places, log, command } = context;
      if (!wasRun({ factsOf })) return;
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
