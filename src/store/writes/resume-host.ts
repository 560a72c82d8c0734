import type { Drain } from "../../domain/known-host.ts";
import { drainOf } from "../reads/drain-of.ts";
import type { StoreContext } from "../store-context.ts";
import { answerably } from "./answerably.ts";
import { recordAction } from "./record-action.ts";

/** A host that was drained starts what is queued again. Gives how it was drained; undefined if it was not. */
export async function resumeHost(
  context: StoreContext,
  host: string,
  { by, reason }: Omit<Drain, "at">,
): Promise<Drain | undefined> {
  return await answerably(context, async (tx) => {
    const drain = await drainOf({ db: tx }, host);
    if (drain === undefined) return undefined;
    await tx
      .updateTable("tb_host")
      .set({ drained_at: null, drained_by: "", drained_reason: "" })
      .where("name", "=", host)
      .execute();
    await recordAction(tx, { action: "resume host", by, subject: host, reason });
    return drain;
  });
}
