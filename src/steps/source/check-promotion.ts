import type { RequiresSettings } from "../../config/settings.ts";
import { StepFailed } from "../../domain/errors.ts";
import { durationInWords } from "../../domain/duration-in-words.ts";
import { promotionProblem } from "../../domain/promotion.ts";
import type { Step } from "../step.ts";

/**
 * Whether the revision has been through the environment that comes before this one. Asked after the source was fetched, as only then a tag is
 * known by its commit, and before anything on the host changes. A push that comes too early is skipped; what a person asks for fails and says why.
 */
export function checkPromotion(requires: RequiresSettings): Step<"clock" | "skip" | "standing"> {
  const { environment, verified, within } = requires;
  return {
    name: "check-promotion",
    phase: "pulling_source",
    describe: () =>
      `Check that ${environment} runs the revision${verified ? ", verified" : ""}` +
      (within === undefined ? "" : ` within the last ${durationInWords(within)}`),
    async run({ deployment, host, standing, skip, log }) {
      const { fraise, job, revision, trigger } = deployment;
      // Going back to what ran here before asks nobody.
      if (trigger === "rollback") return;
      const there = await standing({ fraise, environment, job });
      const problem = promotionProblem(requires, there, revision, host.clock.now());
      if (problem === undefined) {
        log(`${environment} runs this revision${verified ? ", and its verification passed there" : ""}`);
        return;
      }
      if (trigger !== "person") skip(problem);
      throw new StepFailed(problem, {
        hint: `${deployment.environment} takes only what ${environment} runs${verified ? ` and fraisier verify ${fraise} ${environment} passes` : ""}: nothing was touched. fraisier promote ${fraise} ${environment} ${deployment.environment} deploys what runs there.`,
      });
    },
  };
}
