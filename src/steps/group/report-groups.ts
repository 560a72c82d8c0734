import { StepFailed } from "../../domain/errors.ts";
import { failureOf } from "./deploy-group.ts";
import { groupStep } from "./group.ts";
import type { Step } from "../step.ts";

/** With --continue-on-failure: what failed makes the deployment a failure in the end, and what worked stays. */
export function reportGroups(names: readonly string[]): Step<"journal"> {
  return {
    name: "report-groups",
    phase: "finalizing",
    describe: () => "Fail, and leave what worked, if a group failed",
    async run({ factsOf }) {
      const failed = names.flatMap((name) => {
        const why = failureOf(factsOf(groupStep(name)));
        return why === undefined ? [] : [`${name} (${why})`];
      });
      if (failed.length === 0) return;
      throw new StepFailed(`${failed.length} of ${names.length} groups failed, the others stay: ${failed.join("; ")}`, {
        leavesAsIs: true,
        hint: "Mend them and deploy again, with --group for only those.",
      });
    },
  };
}
