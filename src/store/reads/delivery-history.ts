import type { StoredDecision, StoredDelivery } from "../../domain/stored-delivery.ts";
import type { StoreContext } from "../store-context.ts";
import { storedDecisionOf, storedDeliveryOf } from "../stored-delivery-of.ts";

export interface DeliveryHistoryEntry extends StoredDelivery {
  readonly decisions: readonly StoredDecision[];
}

/** Deliveries, newest first, each with what was decided. */
export async function deliveryHistory(
  { db }: StoreContext,
  filter: { readonly limit: number; readonly before?: string; readonly decision?: string },
): Promise<readonly DeliveryHistoryEntry[]> {
  let query = db.selectFrom("v_webhook_event_history").selectAll().orderBy("id", "desc").limit(filter.limit);
  if (filter.before !== undefined) query = query.where("id", "<", filter.before);
  if (filter.decision !== undefined) query = query.where("decision", "=", filter.decision);
  const events = await query.execute();
  if (events.length === 0) return [];
  const decisions = await db
    .selectFrom("tb_webhook_decision")
    .selectAll()
    .where(
      "event_id",
      "in",
      events.map((event) => event.id),
    )
    .orderBy("event_id")
    .orderBy("sequence")
    .execute();
  const byDelivery = Map.groupBy(decisions.map(storedDecisionOf), ({ delivery }) => delivery);
  return events.map((event) => ({ ...storedDeliveryOf(event), decisions: byDelivery.get(event.id) ?? [] }));
}
