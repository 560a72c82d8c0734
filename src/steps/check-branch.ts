import { short } from "../domain/decision.ts";
import { isByItself } from "../domain/deployment.ts";
import { StepFailed } from "../domain/errors.ts";
import { fullRef } from "../domain/event.ts";
import { bringRevision } from "./bring-revision.ts";
import { patiently } from "./patiently.ts";
import type { Step, StepContext } from "./step.ts";

/** The branch that the revision is said to come from still leads to it: what was pushed away meanwhile does not go live. */
export const checkBranch: Step = {
  name: "check-branch",
  phase: "pulling_source",
  describe: () => "Check that the branch of the deployment, where it has one, still contains the revision",
  async run(context) {
    const { deployment, target, host, log } = context;
    const { ref, revision, trigger } = deployment;
    // A rollback goes where the branch may have left, and a revision without a ref is a person's own choice.
    if (ref?.kind !== "branch" || trigger === "rollback") return;
    let tip: string | undefined;
    const holds = await patiently(context, async () => {
      tip = await host.git.remoteRevision(target.clone_url.reveal(), fullRef(ref));
      return tip === revision || (tip !== undefined && (await leadsTo(context, tip))) ? true : undefined;
    });
    if (holds === true) {
      log(`${ref.name} contains ${short(revision)}`);
      return;
    }
    const reason =
      tip === undefined
        ? `the branch ${ref.name} is gone from the remote`
        : `${ref.name} no longer contains ${short(revision)}: it was pushed away`;
    if (isByItself(deployment)) context.skip(reason);
    throw new StepFailed(reason, { hint: "Deploy what the branch holds now, or name the revision without --ref." });
  },
};

/** Whether the revision lies behind the tip, which is fetched for the answer. */
async function leadsTo(context: StepContext, tip: string): Promise<boolean> {
  const { deployment, places, host } = context;
  await bringRevision(context, { revision: tip, ref: deployment.ref });
  return (await host.git.isAncestor(places.mirror, deployment.revision, tip)) === true;
}
