import type { StoreContext } from "../store-context.ts";
import { answerably } from "./answerably.ts";

/**
 * Cancels a deployment that no runner has begun, or asks the runner of a running one to stop: it finds out with its next heartbeat. A deployment that is being
 * taken back already goes on: half a rollback is worse than a late one. Returns `false` if it has ended, or does not exist.
 */
export async function cancelDeployment(
  context: StoreContext,
  id: string,
  by: string,
  reason: string,
): Promise<"cancelled" | "requested" | "rolling back" | false> {
  const at = new Date().toISOString();
  return await answerably(context, async (tx) => {
    const cancelled = await tx
      .updateTable("tb_deployment")
      .set({
        status: "cancelled",
        phase: "failed",
        reason,
        finished_at: at,
        cancel_requested_at: at,
        cancel_requested_by: by,
        lease_owner: null,
        lease_expires_at: null,
      })
      .where("id", "=", id)
      // Claimed, but adopted by nobody yet: the runner that was launched for it finds that it is not its own.
      .where((where) =>
        where.or([
          where("status", "=", "queued"),
          where.and([where("status", "=", "running"), where("attempt", "=", 0)]),
        ]),
      )
      .executeTakeFirst();
    if (cancelled.numUpdatedRows > 0n) {
      // A claim of a rollback by hand began it.
      await tx
        .updateTable("tb_rollback")
        .set({ status: "failed", finished_at: at })
        .where("deployment_id", "=", id)
        .execute();
      return "cancelled";
    }
    const requested = await tx
      .updateTable("tb_deployment")
      .set({ cancel_requested_at: at, cancel_requested_by: by })
      .where("id", "=", id)
      .where("status", "=", "running")
      .executeTakeFirst();
    if (requested.numUpdatedRows > 0n) return "requested";
    const row = await tx.selectFrom("tb_deployment").select("status").where("id", "=", id).executeTakeFirst();
    return row?.status === "rolling_back" ? "rolling back" : false;
  });
}
