import { checkScript } from "../steps/script/check-script.ts";
import { runOldScript } from "../steps/script/run-old-script.ts";
import { runScript } from "../steps/script/run-script.ts";
import { defineDeployer } from "./deployer.ts";
import { sequence, serviceSteps } from "./sequence.ts";

/** A project that knows by itself how it is deployed. */
export const script = defineDeployer({
  type: "script",
  summary: "The repository's own deploy.sh does the deploying.",
  settings: ({ duration, innerPath, words, means }) => ({
    script: innerPath
      .default("deploy.sh")
      .describe("The script that deploys a release, run in it; below the root of the repository"),
    rollback_script: innerPath
      .optional()
      .meta(means("Run after a failure, in the revision that is live again", "`script`")),
    interpreter: words
      .optional()
      .meta(means("The program that runs the script", "its first line (`#!`), else the ending of its name")),
    run_timeout: duration.optional().meta(means("When a run of the script is ended", "the deployment's `timeout`")),
  }),
  steps(target) {
    const { script: path, rollback_script = path, interpreter, run_timeout } = target.settings;
    const service = serviceSteps(target);
    return sequence(target, {
      check: [checkScript({ path, interpreter })],
      activate: [runScript(path, "restarting", run_timeout), ...service.activate],
      // The service comes up on what the script of the old revision left.
      onRollback: [runOldScript({ path: rollback_script, interpreter }, run_timeout), ...service.onRollback],
    });
  },
});
