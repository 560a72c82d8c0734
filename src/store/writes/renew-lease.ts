import type { StoreContext } from "../store-context.ts";
import { withoutSync } from "./without-sync.ts";

/** The news that a runner learns with each heartbeat. */
export interface LeaseNews {
  /** False: somebody took the deployment away, and this runner must stop at once. */
  readonly held: boolean;
  /** The person who asked for it to be cancelled, if any. */
  readonly cancelRequestedBy: string | undefined;
}

/** Keeps a runner's claim alive. A power cut ends the runner, so that its claim need not be on disk. */
export async function renewLease(
  context: StoreContext,
  id: string,
  owner: string,
  leaseMs: number,
): Promise<LeaseNews> {
  const row = await withoutSync(
    context,
    async (db) =>
      await db
        .updateTable("tb_deployment")
        .set({ lease_expires_at: new Date(Date.now() + leaseMs).toISOString() })
        .where("id", "=", id)
        .where("lease_owner", "=", owner)
        .where("status", "in", ["running", "rolling_back"])
        .returning("cancel_requested_by")
        .executeTakeFirst(),
  );
  return { held: row !== undefined, cancelRequestedBy: row?.cancel_requested_by ?? undefined };
}
