import type { Outcome } from "../domain/deployment.ts";
import { targetName } from "../domain/fraise.ts";
import type { DeploymentDetail } from "../store/reads/deployment-detail.ts";
import type { Store } from "../store/store.ts";

/** Ends a deployment whose target left fraises.yaml before any runner began with it, or whose settings no longer have it. */
export async function settleVanished(
  store: Pick<Store, "deployments">,
  { deployment, steps }: Pick<DeploymentDetail, "deployment" | "steps">,
  owner: string,
): Promise<Outcome> {
  const outcome = outcomeOf(deployment.status === "rolling_back", steps.length > 0);
  const hint =
    outcome === "cancelled" ? "" : "It was half done: look at the host, or put the target back and deploy again.";
  const reason = `${targetName(deployment)} is no longer in fraises.yaml`;
  await store.deployments.settle(deployment.id, owner, { outcome, reason, hint });
  return outcome;
}

function outcomeOf(isGoingBack: boolean, isBegun: boolean): Outcome {
  if (isGoingBack) return "rollback_failed";
  return isBegun ? "failed" : "cancelled";
}
