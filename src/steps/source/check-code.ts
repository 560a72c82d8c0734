import { isByItself } from "../../domain/deployment.ts";
import { short } from "../../domain/decision.ts";
import { StepFailed } from "../../domain/errors.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import { targetName } from "../../domain/fraise.ts";
import type { Step } from "../step.ts";

/** `code_from`: the other fraise runs the very revision, so that its release is the code that is wanted. */
export function checkCode(lender: TargetKey): Step<"running" | "skip"> {
  const name = targetName(lender);
  return {
    name: "check-code",
    phase: "pulling_source",
    describe: ({ places }) => `Check that ${name} runs the revision: its code in ${places.current} is used`,
    async preview({ deployment, runsNow }) {
      const revision = await runsNow(lender);
      return revision === deployment.revision
        ? []
        : [`would not be deployed: ${name} runs ${revision ?? "nothing yet"}`];
    },
    async run(context) {
      const { deployment, runsNow, log } = context;
      const revision = await runsNow(lender);
      if (revision === deployment.revision) {
        log(`${name} runs ${short(revision)}`);
        return;
      }
      const reason = `${name}, whose code it uses, runs ${revision === undefined ? "nothing yet" : short(revision)} and not ${short(deployment.revision)}`;
      if (isByItself(deployment)) context.skip(reason);
      throw new StepFailed(reason, {
        hint: `Deploy ${lender.fraise} first: fraisier deploy ${lender.fraise} ${lender.environment}`,
      });
    },
  };
}
