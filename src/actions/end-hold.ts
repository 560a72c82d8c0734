import type { TargetKey } from "../domain/fraise.ts";
import type { Store } from "../store/store.ts";
import type { Finding } from "./acting.ts";

/** Ends the hold of a target: what was rolled back may be deployed again. */
export async function endHold(
  { store }: Pick<Finding, "store">,
  target: TargetKey,
  reason: string,
  by: string,
): ReturnType<Store["targets"]["resume"]> {
  const resumed = await store.targets.resume(target, by, reason);
  store.poke();
  return resumed;
}
