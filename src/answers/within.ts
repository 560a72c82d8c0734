import type { TargetKey } from "../domain/fraise.ts";

/** Says whether the asker may know of a target. Undefined stands for an asker who may know of all. */
export type Within = ((target: TargetKey) => boolean) | undefined;

/** The targets among these that the asker may know of. */
export function onlyWithin<Key extends TargetKey>(targets: readonly Key[], within: Within): readonly Key[] {
  return within === undefined ? targets : targets.filter(within);
}
