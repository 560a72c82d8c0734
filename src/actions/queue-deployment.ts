import type { Wanted } from "../domain/decision.ts";
import type { Trigger } from "../domain/deployment.ts";
import type { PlacedTarget } from "../domain/fraise.ts";
import type { Store } from "../store/store.ts";
import type { Finding } from "./acting.ts";

/** Queues what a person or program wishes for, and wakes the daemon. */
export async function queueDeployment(
  { store }: Pick<Finding, "store">,
  target: PlacedTarget,
  trigger: Trigger,
  wanted: Wanted,
): ReturnType<Store["queue"]["enqueue"]> {
  const queued = await store.queue.enqueue(target, trigger, wanted);
  store.poke();
  return queued;
}
