import type { Selectable } from "kysely";
import type { StoreContext } from "../store-context.ts";
import type { WebhookDecisionTable, WebhookEventTable } from "../tables.ts";

export interface DeliveryDetail {
  readonly event: Selectable<WebhookEventTable>;
  readonly decisions: readonly Selectable<WebhookDecisionTable>[];
}

/** A delivery, headers and body included, with its decisions; undefined when there is none. */
export async function deliveryDetail({ db }: StoreContext, id: string): Promise<DeliveryDetail | undefined> {
  const event = await db.selectFrom("tb_webhook_event").selectAll().where("id", "=", id).executeTakeFirst();
  if (event === undefined) return undefined;
  const decisions = await db
    .selectFrom("tb_webhook_decision")
    .selectAll()
    .where("event_id", "=", id)
    .orderBy("sequence")
    .execute();
  return { event, decisions };
}
