import { z } from "zod";
import { checkScript } from "../steps/script/check-script.ts";
import { checkSyntax } from "../steps/script/check-syntax.ts";
import { runScript } from "../steps/script/run-script.ts";
import { defineDeployer } from "./deployer.ts";
import { sequence, serviceSteps, wayBack } from "./sequence.ts";

/** A script that somebody else starts (cron, a timer), or that runs once after each deployment. */
export const etl = defineDeployer({
  type: "etl",
  summary: "A script that is checked before it goes live, and may run once when it is.",
  settings: ({ text, command, duration, innerPath, words, means }) => ({
    // With code_from there is none of its own.
    app_path: text
      .optional()
      .meta(means("Its folder on this machine; each target needs its own", "required without `code_from`")),
    code_from: text
      .optional()
      .describe(
        "The fraise of the same repository and environment whose release it runs from, instead of one of its own",
      ),
    script_path: innerPath.describe("The script, below the root of the repository"),
    interpreter: words
      .optional()
      .meta(means("The program that runs the script", "its first line (`#!`), else the ending of its name")),
    syntax_check: z
      .union([z.literal(false), command])
      .optional()
      .meta(
        means(
          "Checks the script in the new release before it goes live; `false` for none",
          "as Python, shell or JavaScript, where it is that",
        ),
      ),
    run_after_deploy: z
      .boolean()
      .default(false)
      .describe("Run the script once, when the release is live; a failure fails the deployment"),
    run_timeout: duration.optional().meta(means("When a run of the script is ended", "the deployment's `timeout`")),
  }),
  steps(target, options) {
    const { script_path: path, interpreter, syntax_check: syntax, run_after_deploy, run_timeout } = target.settings;
    const { activate, onRollback } = serviceSteps(target);
    const isChecked = syntax !== false && options.skip_validation !== true;
    return sequence(target, {
      check: [checkScript({ path, interpreter })],
      prepare: isChecked ? [checkSyntax(path, syntax)] : [],
      // Verifying: a run that fails shows that the code does not hold, and one that died is not begun again.
      activate: [...activate, ...(run_after_deploy ? [runScript(path, "verifying", run_timeout)] : [])],
      onRollback,
    });
  },
  // The script has had its run when that release was deployed.
  back: (target) => wayBack(target, serviceSteps(target)),
});
