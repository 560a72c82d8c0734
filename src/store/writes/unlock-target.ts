import type { TargetKey } from "../../domain/fraise.ts";
import type { StoreContext } from "../store-context.ts";
import { recordAction } from "./record-action.ts";

/** Takes a lock away: a person's, or that of a process (`holder`). False when there was none of exactly this name. */
export async function unlockTarget(
  { db }: StoreContext,
  lock: TargetKey & { readonly holder?: string },
  by: string,
  reason: string,
): Promise<boolean> {
  const { fraise, environment, job, holder = "" } = lock;
  return await db.transaction().execute(async (tx) => {
    const result = await tx
      .deleteFrom("tb_lock")
      .where((where) => where.and({ fraise, environment, job, holder }))
      .executeTakeFirst();
    if (result.numDeletedRows === 0n) return false;
    await recordAction(tx, { action: "unlock", by, fraise, environment, job, reason });
    return true;
  });
}
