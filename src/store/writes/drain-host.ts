import type { Drain } from "../../domain/known-host.ts";
import type { StoreContext } from "../store-context.ts";
import { answerably } from "./answerably.ts";
import { recordAction } from "./record-action.ts";

/** A host starts nothing more from here on. Gives how it was drained before; `unknown` if the store does not know it. */
export async function drainHost(
  context: StoreContext,
  host: string,
  { at, by, reason }: Drain,
): Promise<{ readonly before: Drain | undefined } | "unknown"> {
  return await answerably(context, async (tx) => {
    const row = await tx.selectFrom("tb_host").selectAll().where("name", "=", host).executeTakeFirst();
    if (row === undefined) return "unknown";
    await tx
      .updateTable("tb_host")
      .set({ drained_at: at, drained_by: by, drained_reason: reason })
      .where("name", "=", host)
      .execute();
    await recordAction(tx, { action: "drain host", by, subject: host, reason });
    const { drained_at: since, drained_by: whom, drained_reason: why } = row;
    return { before: since === null ? undefined : { at: since, by: whom, reason: why } };
  });
}
