import type { WaitReason } from "../domain/wait-reason.ts";
import { isGate, waitSentence } from "../domain/wait-reason.ts";
import type { Store } from "../store/store.ts";
import type { Wait } from "./next-turn.ts";

/**
 * Records what a deployment waits for, if that has changed. That other deployments come first is not recorded: it ends by itself. Returns the new reason;
 * undefined if it is the old one, or none that is recorded.
 */
export async function recordWait(
  store: Pick<Store, "holdDeployment">,
  { deployment, for: reason }: Wait,
): Promise<WaitReason | undefined> {
  const because = isGate(reason) ? waitSentence(reason) : null;
  if (because === deployment.held_because) return undefined;
  await store.holdDeployment(deployment.id, because);
  return because === null ? undefined : reason;
}
