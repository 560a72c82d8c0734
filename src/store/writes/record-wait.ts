import type { WaitReason } from "../../domain/wait-reason.ts";
import { waitSentence } from "../../domain/wait-reason.ts";
import type { StoreContext } from "../store-context.ts";

/** Says why a deployment waits although nothing else runs on its target: a queued one, or one whose runner died; undefined: it no longer does. */
export async function recordWait({ db }: StoreContext, id: string, reason: WaitReason | undefined): Promise<void> {
  await db
    .updateTable("tb_deployment")
    .set(
      reason === undefined
        ? { held_because: null, waits_for: null }
        : { held_because: waitSentence(reason), waits_for: JSON.stringify(reason) },
    )
    .where("id", "=", id)
    .where("status", "in", ["queued", "running", "rolling_back"])
    // Not one that somebody took up meanwhile.
    .where("lease_owner", "is", null)
    .execute();
}
