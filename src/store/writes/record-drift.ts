import type { TargetKey } from "../../domain/fraise.ts";
import type { StoreContext } from "../store-context.ts";

/** Writes down the differences between this host and its record of a target; `""`: they agree. */
export async function recordDrift(
  { db, host }: StoreContext,
  { fraise, environment, job }: TargetKey,
  drift: string,
): Promise<void> {
  await db
    .updateTable("tb_fraise_state")
    .set({ drift, drift_checked_at: new Date().toISOString() })
    .where((where) => where.and({ fraise, environment, job, host }))
    .execute();
}
