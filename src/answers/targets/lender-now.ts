import { lenderOf } from "../../config/targets/code-from.ts";
import type { Target } from "../../config/config.ts";
import { targetName } from "../../domain/fraise.ts";
import type { Store } from "../../store/store.ts";
import type { Lender } from "../../sweep/find-drift.ts";

/** The target whose code this one runs, with what it runs now; undefined for a target with code of its own. */
export async function lenderNow(target: Target, store: Pick<Store, "targets">): Promise<Lender | undefined> {
  const lender = lenderOf(target);
  if (lender === undefined) return undefined;
  const row = await store.targets.here(lender);
  return { name: targetName(lender), revision: row?.revision };
}
