import type { StoreContext } from "../store-context.ts";
import { withoutSync } from "./without-sync.ts";
import { callOf } from "../call.ts";
import { UNADOPTED } from "./claim-deployment.ts";

/** How a runner can be found again and told from another process that got its number. */
export interface RunnerIdentity {
  /** Its id, which its lease names. */
  readonly owner: string;
  readonly kind: string;
  /** JSON: unit name, or pid with boot id and start time. */
  readonly identity: string;
}

/**
 * The launched runner makes a claimed deployment its own. False when another runner did, it belongs to another host, or it was settled meanwhile. A power cut ends the runner, too. So this is
 * on disk with the first entry of the journal that is.
 */
export async function adoptDeployment(
  context: StoreContext,
  id: string,
  runner: RunnerIdentity,
  leaseMs: number,
): Promise<boolean> {
  const result = await withoutSync(
    context,
    async (db) =>
      await db
        .updateTable("tb_deployment")
        .set((value) => ({
          // Counted here: a launch that came to nothing is no runner that died.
          attempt: value("attempt", "+", 1),
          lease_owner: runner.owner,
          lease_expires_at: new Date(Date.now() + leaseMs).toISOString(),
          runner_kind: runner.kind,
          runner_identity: runner.identity,
        }))
        .where("id", "=", id)
        .where("host", "=", context.host)
        .where("status", "in", ["running", "rolling_back"])
        .where("lease_owner", "=", UNADOPTED)
        .executeTakeFirst(),
  );
  if (result.numUpdatedRows > 0n) return true;
  // An id names one runner for ever: the answer to an earlier attempt was lost.
  return callOf(context).isRepeat && (await ownerOf(context, id)) === runner.owner;
}

async function ownerOf({ db }: StoreContext, id: string): Promise<string | null | undefined> {
  const row = await db.selectFrom("tb_deployment").select("lease_owner").where("id", "=", id).executeTakeFirst();
  return row?.lease_owner;
}
