import type { Selectable } from "kysely";
import type { StoreContext } from "../store-context.ts";
import type { WebhookDecisionTable, WebhookEventHistoryView } from "../tables.ts";

export interface DeliveryHistoryEntry extends Selectable<WebhookEventHistoryView> {
  readonly decisions: readonly Selectable<WebhookDecisionTable>[];
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
  const byEvent = Map.groupBy(decisions, (decision) => decision.event_id);
  return events.map((event) => Object.assign(event, { decisions: byEvent.get(event.id) ?? [] }));
}
