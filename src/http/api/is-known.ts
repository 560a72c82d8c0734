import type { Sources } from "../../answers/sources.ts";
import { onlyWithin } from "../../answers/within.ts";
import type { Within } from "../../answers/within.ts";
import type { TargetKey } from "../../domain/fraise.ts";

/** Whether parameters name no target at all, or one that the asker may know of. */
export async function isKnown(
  { sources: { config, store }, within }: { readonly sources: Sources; readonly within: Within },
  targets: Partial<TargetKey>,
): Promise<boolean> {
  if (Object.keys(targets).length === 0) return true;
  const known = [...config.targets, ...(await store.targets.status(targets))];
  return onlyWithin<TargetKey>(known, within).some((each) => isAmong(targets, each));
}

/** Whether a target has all the parts that were named. */
export function isAmong(named: Partial<TargetKey>, target: TargetKey): boolean {
  return (Object.keys(named) as (keyof TargetKey)[]).every((part) => target[part] === named[part]);
}
