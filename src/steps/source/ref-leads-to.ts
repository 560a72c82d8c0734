import type { Deployment } from "../../domain/deployment.ts";
import { fullRef } from "../../domain/event.ts";
import { bringRevision } from "./bring-revision.ts";
import type { StepContext } from "../capabilities.ts";

/** Whether a ref leads to a revision at the remote now: a branch contains it, a tag names it. */
export async function refLeadsTo(
  context: StepContext<"git">,
  { revision, ref }: Pick<Deployment, "revision" | "ref">,
): Promise<boolean> {
  if (ref === undefined) return false;
  const { target, places, host } = context;
  const tip = await host.git.remoteRevision(target.clone_url.reveal(), fullRef(ref));
  if (tip === undefined || tip === revision) return tip !== undefined;
  await bringRevision(context, { revision: tip, ref });
  if ((await host.git.isAncestor(places.mirror, revision, tip)) !== true) return false;
  // An annotated tag has a hash of its own: both hashes may name one commit.
  return ref.kind === "branch" || (await host.git.isAncestor(places.mirror, tip, revision)) === true;
}
