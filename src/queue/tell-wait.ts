import type { WaitReason } from "../domain/wait-reason.ts";
import { isGate, waitSentence } from "../domain/wait-reason.ts";
import type { Store } from "../store/store.ts";
import type { Wait } from "./next-turn.ts";

/**
 * Records what a deployment waits for, if that has changed. A wait for other deployments is not recorded, as it ends by itself. Returns the new reason;
 * undefined if it is the old one, or none that is recorded.
 */
export async function tellWait(
  store: Pick<Store, "queue">,
  { deployment: { id, waitsFor }, for: reason }: Wait,
): Promise<WaitReason | undefined> {
  const next = isGate(reason) ? reason : undefined;
  if (sentenceOf(next) === sentenceOf(waitsFor)) return undefined;
  await store.queue.recordWait(id, next);
  return next;
}

function sentenceOf(reason: WaitReason | undefined): string | undefined {
  return reason === undefined ? undefined : waitSentence(reason);
}
