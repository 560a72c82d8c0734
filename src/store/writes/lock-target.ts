import type { Lock } from "../../domain/lock.ts";
import type { StoreContext } from "../store-context.ts";
import { recordAction } from "./record-action.ts";

/** Keeps what is queued for a target waiting, until it is unlocked. A second lock takes the place of the first. */
export async function lockTarget({ db }: StoreContext, lock: Omit<Lock, "holder">): Promise<void> {
  const { fraise, environment, job, reason, lockedBy, lockedAt } = lock;
  const row = { reason, locked_by: lockedBy, locked_at: lockedAt };
  await db.transaction().execute(async (tx) => {
    await tx
      .insertInto("tb_lock")
      .values({ fraise, environment, job, holder: "", ...row })
      .onConflict((conflict) => conflict.columns(["fraise", "environment", "job", "holder"]).doUpdateSet(row))
      .execute();
    await recordAction(tx, { action: "lock", by: lockedBy, fraise, environment, job, reason });
  });
}
