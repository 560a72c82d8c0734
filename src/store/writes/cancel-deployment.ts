import type { StoreContext } from "../store-context.ts";

/**
 * Cancels a queued deployment, or asks the runner of a running one to stop: it finds out with its next heartbeat. `false`: it has ended
 * already, or does not exist.
 */
export async function cancelDeployment(
  { db }: StoreContext,
  id: string,
  by: string,
  reason: string,
): Promise<"cancelled" | "requested" | false> {
  const at = new Date().toISOString();
  return await db.transaction().execute(async (tx) => {
    const cancelled = await tx
      .updateTable("tb_deployment")
      .set({
        status: "cancelled",
        phase: "failed",
        reason,
        finished_at: at,
        cancel_requested_at: at,
        cancel_requested_by: by,
      })
      .where("id", "=", id)
      .where("status", "=", "queued")
      .executeTakeFirst();
    if (cancelled.numUpdatedRows > 0n) return "cancelled";
    const requested = await tx
      .updateTable("tb_deployment")
      .set({ cancel_requested_at: at, cancel_requested_by: by })
      .where("id", "=", id)
      .where("status", "=", "running")
      .executeTakeFirst();
    return requested.numUpdatedRows > 0n ? "requested" : false;
  });
}
