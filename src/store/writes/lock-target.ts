import type { Lock } from "../../domain/lock.ts";
import type { StoreContext } from "../store-context.ts";
import { answerably } from "./answerably.ts";
import { recordAction } from "./record-action.ts";

/** Keeps what is queued for a target waiting, until it is unlocked. A second lock takes the place of the first, which it gives. */
export async function lockTarget(
  context: StoreContext,
  lock: Omit<Lock, "holder">,
): Promise<Pick<Lock, "reason" | "lockedBy" | "lockedAt"> | undefined> {
  const { fraise, environment, job, reason, lockedBy, lockedAt } = lock;
  const row = { reason, locked_by: lockedBy, locked_at: lockedAt };
  return await answerably(context, async (tx) => {
    const replaced = await tx
      .selectFrom("tb_lock")
      .select(["reason", "locked_by as lockedBy", "locked_at as lockedAt"])
      .where((where) => where.and({ fraise, environment, job, holder: "" }))
      .executeTakeFirst();
    await tx
      .insertInto("tb_lock")
      .values({ fraise, environment, job, holder: "", ...row })
      .onConflict((conflict) => conflict.columns(["fraise", "environment", "job", "holder"]).doUpdateSet(row))
      .execute();
    await recordAction(tx, { action: "lock", by: lockedBy, fraise, environment, job, reason });
    return replaced;
  });
}
