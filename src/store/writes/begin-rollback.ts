import { newId } from "../../domain/id.ts";
import type { StoreContext } from "../store-context.ts";
import { LeaseLost } from "./lease-lost.ts";

/** Why a deployment is taken back. */
interface RollbackCause {
  readonly reason: string;
  /** The person who cancelled it, if it did not fail of its own accord. */
  readonly by?: string;
  /** It failed for a reason that is not the revision's and may pass. */
  readonly mayPass?: boolean;
  /** It failed for what its revision did. */
  readonly isBad?: boolean;
}

/** A deployment that had changed the host starts to take it back. Again after a crash: the same rollback goes on, for the reason it began with. */
export async function beginRollback(
  { db }: StoreContext,
  id: string,
  owner: string,
  { reason, by = "fraisier", mayPass = false, isBad = false }: RollbackCause,
): Promise<void> {
  const at = new Date().toISOString();
  await db.transaction().execute(async (tx) => {
    const row = await tx
      .updateTable("tb_deployment")
      .set({
        may_pass: mayPass ? 1 : 0,
        is_bad: isBad ? 1 : 0,
        status: "rolling_back",
        reason,
      })
      .where("id", "=", id)
      .where("lease_owner", "=", owner)
      .where("status", "in", ["running", "rolling_back"])
      .returningAll()
      .executeTakeFirst();
    if (row === undefined) throw new LeaseLost(id);
    await tx
      .insertInto("tb_rollback")
      .values({
        id: newId(),
        fraise: row.fraise,
        environment: row.environment,
        job: row.job,
        host: row.host,
        deployment_id: id,
        from_revision: row.revision,
        to_revision: row.previous_revision,
        automatic: 1,
        requested_by: by,
        reason,
        status: "running",
        started_at: at,
      })
      .onConflict((conflict) => conflict.columns(["deployment_id", "automatic"]).doNothing())
      .execute();
  });
}
