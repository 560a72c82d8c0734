import { short } from "../../domain/decision.ts";
import { isByItself } from "../../domain/deployment.ts";
import { StepFailed } from "../../domain/errors.ts";
import type { Ref } from "../../domain/event.ts";
import { fullRef } from "../../domain/event.ts";
import { bringRevision } from "./bring-revision.ts";
import { patiently } from "./patiently.ts";
import type { StepContext } from "../capabilities.ts";
import type { Step } from "../step.ts";

/**
 * The ref that the revision is said to come from still leads to it: a branch contains it, a tag names it. A payload alone proves neither, and what was
 * pushed away meanwhile does not go live.
 */
export const checkBranch: Step<"clock" | "git" | "skip"> = {
  name: "check-branch",
  phase: "pulling_source",
  describe: () => "Check that the remote's branch still contains the revision, or that its tag still names it",
  async run(context) {
    const { deployment, target, host, log } = context;
    const { ref, revision, trigger } = deployment;
    // A rollback goes where the ref may have left, and a revision without a ref is a person's own choice.
    if (ref === undefined || trigger === "rollback") return;
    let tip: string | undefined;
    const holds = await patiently(context, async () => {
      tip = await host.git.remoteRevision(target.clone_url.reveal(), fullRef(ref));
      if (tip === undefined) return undefined;
      return tip === revision || (ref.kind === "branch" && (await leadsTo(context, tip))) ? true : undefined;
    });
    if (holds === true) {
      log(`${ref.name} ${ref.kind === "tag" ? "names" : "contains"} ${short(revision)}`);
      return;
    }
    const reason = whyNot(ref, revision, tip);
    if (isByItself(deployment)) context.skip(reason);
    throw new StepFailed(reason, {
      hint: `Deploy what the ${ref.kind} ${ref.kind === "tag" ? "names" : "holds"} now, or name the revision without --ref.`,
    });
  },
};

function whyNot(ref: Ref, revision: string, tip: string | undefined): string {
  if (tip === undefined) return `the remote has no ${ref.kind} ${ref.name}`;
  return ref.kind === "tag"
    ? `the tag ${ref.name} names ${short(tip)} at the remote, not ${short(revision)}`
    : `${ref.name} no longer contains ${short(revision)}: it was pushed away`;
}

/** Whether the revision lies behind the tip, which is fetched for the answer. */
async function leadsTo(context: StepContext<"git">, tip: string): Promise<boolean> {
  const { deployment, places, host } = context;
  await bringRevision(context, { revision: tip, ref: deployment.ref });
  return (await host.git.isAncestor(places.mirror, deployment.revision, tip)) === true;
}
