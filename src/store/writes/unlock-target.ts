import type { TargetKey } from "../../domain/fraise.ts";
import type { StoreContext } from "../store-context.ts";
import { recordAction } from "./record-action.ts";

/** Takes a lock away. False when there was none of exactly this name. */
export async function unlockTarget({ db }: StoreContext, key: TargetKey, by: string, reason: string): Promise<boolean> {
  const { fraise, environment, job } = key;
  return await db.transaction().execute(async (tx) => {
    const result = await tx
      .deleteFrom("tb_lock")
      .where((where) => where.and({ fraise, environment, job }))
      .executeTakeFirst();
    if (result.numDeletedRows === 0n) return false;
    await recordAction(tx, { action: "unlock", by, fraise, environment, job, reason });
    return true;
  });
}
