import { STOPPED } from "../../domain/deployment.ts";
import { callOf } from "../call.ts";
import type { StoreContext } from "../store-context.ts";
import { hasPhase, insertPhase } from "./insert-phase.ts";
import { LeaseLost } from "./lease-lost.ts";
import { serially } from "./serially.ts";

/**
 * A runner that is being stopped lets go of its deployment, which stays as it is until the next runner takes it up. If a person has asked for it to be
 * cancelled, it is not given back: the result names that person. @throws LeaseLost
 */
export async function giveBackDeployment(
  context: StoreContext,
  id: string,
  owner: string,
): Promise<{ readonly cancelledBy: string | undefined }> {
  const { at, isRepeat } = callOf(context);
  return await serially(context.db, async (tx) => {
    const row = await tx
      .selectFrom("tb_deployment")
      .selectAll()
      .where("id", "=", id)
      .where("lease_owner", "=", owner)
      .where("status", "in", ["running", "rolling_back"])
      .executeTakeFirst();
    if (row === undefined) {
      if (isRepeat && (await hasPhase(tx, id, at, { metadata: { [STOPPED]: true } })))
        return { cancelledBy: undefined };
      throw new LeaseLost(id);
    }
    if (row.status === "running" && row.cancel_requested_by !== null) return { cancelledBy: row.cancel_requested_by };
    await tx
      .updateTable("tb_deployment")
      .set({ lease_owner: null, lease_expires_at: null, runner_kind: null, runner_identity: null })
      .where("id", "=", id)
      .execute();
    await insertPhase(tx, row, { [STOPPED]: true }, at);
    return { cancelledBy: undefined };
  });
}
