import type { StoreContext } from "../store-context.ts";
import { LAUNCHING, UNADOPTED } from "./claim-deployment.ts";

/**
 * Takes a running deployment away from a runner that is known to be dead, for the next one to adopt. False when its owner changed meanwhile:
 * only one daemon recovers it.
 */
export async function reclaimDeployment(
  { db }: StoreContext,
  id: string,
  deadOwner: string | null,
  leaseMs: number,
  claimer: string,
): Promise<boolean> {
  const result = await db
    .updateTable("tb_deployment")
    .set((value) => ({
      attempt: value("attempt", "+", 1),
      lease_owner: UNADOPTED,
      lease_expires_at: new Date(Date.now() + leaseMs).toISOString(),
      runner_kind: LAUNCHING,
      runner_identity: claimer,
    }))
    .where("id", "=", id)
    .where("status", "in", ["running", "rolling_back"])
    .where("lease_owner", "is", deadOwner)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}
