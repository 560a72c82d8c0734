import type { StoreContext } from "../store-context.ts";
import { withoutSync } from "./without-sync.ts";
import { LAUNCHING, UNADOPTED } from "./claim-deployment.ts";

/**
 * Takes up a running deployment of this host whose lease was revoked, for the next runner to adopt. False when somebody else did: only one recovers it. If a power cut takes
 * this, the deployment is taken up anew.
 */
export async function reclaimDeployment(
  context: StoreContext,
  id: string,
  leaseMs: number,
  claimer: string,
): Promise<boolean> {
  const result = await withoutSync(
    context,
    async (db) =>
      await db
        .updateTable("tb_deployment")
        .set({
          held_because: null,
          waits_for: null,
          lease_owner: UNADOPTED,
          lease_expires_at: new Date(Date.now() + leaseMs).toISOString(),
          runner_kind: LAUNCHING,
          runner_identity: claimer,
        })
        .where("id", "=", id)
        .where("host", "=", context.host)
        .where("status", "in", ["running", "rolling_back"])
        .where("lease_owner", "is", null)
        .executeTakeFirst(),
  );
  return result.numUpdatedRows > 0n;
}
