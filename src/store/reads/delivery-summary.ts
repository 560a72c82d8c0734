import type { StoreContext } from "../store-context.ts";
import { storedDecisionOf, storedDeliveryOf } from "../stored-delivery-of.ts";
import type { DeliveryHistoryEntry } from "./delivery-history.ts";

/** A delivery as lists have it, without headers and body. */
export async function deliverySummary({ db }: StoreContext, id: string): Promise<DeliveryHistoryEntry | undefined> {
  const row = await db.selectFrom("v_webhook_event_history").selectAll().where("id", "=", id).executeTakeFirst();
  if (row === undefined) return undefined;
  const decisions = await db
    .selectFrom("tb_webhook_decision")
    .selectAll()
    .where("event_id", "=", id)
    .orderBy("sequence")
    .execute();
  return { ...storedDeliveryOf(row), decisions: decisions.map(storedDecisionOf) };
}
