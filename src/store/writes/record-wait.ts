import type { WaitReason } from "../../domain/wait-reason.ts";
import { waitSentence } from "../../domain/wait-reason.ts";
import type { StoreContext } from "../store-context.ts";
import { serially } from "./serially.ts";

/** A reason that comes and goes all the time is not recorded for ever: later ones of the same deployment are only its present. */
const KEPT_WAITS = 200;

/** Says why a deployment waits although nothing else runs on its target: a queued one, or one whose runner died; undefined: it no longer does. */
export async function recordWait({ db }: StoreContext, id: string, reason: WaitReason | undefined): Promise<void> {
  await serially(db, async (tx) => {
    const waits = reason === undefined ? null : JSON.stringify(reason);
    const { numUpdatedRows } = await tx
      .updateTable("tb_deployment")
      .set({ held_because: reason === undefined ? null : waitSentence(reason), waits_for: waits })
      .where("id", "=", id)
      .where("status", "in", ["queued", "running", "rolling_back"])
      // Not one that somebody took up meanwhile.
      .where("lease_owner", "is", null)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return;
    const last = await tx
      .selectFrom("tb_deployment_wait")
      .select(({ fn }) => fn.max("sequence").as("sequence"))
      .where("deployment_id", "=", id)
      .executeTakeFirst();
    const sequence = (last?.sequence ?? 0) + 1;
    if (sequence > KEPT_WAITS) return;
    await tx
      .insertInto("tb_deployment_wait")
      .values({ deployment_id: id, sequence, at: new Date().toISOString(), reason: waits })
      .execute();
  });
}
