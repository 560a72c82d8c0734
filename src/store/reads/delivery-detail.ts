import type { StoredDecision, WholeDelivery } from "../../domain/stored-delivery.ts";
import type { StoreContext } from "../store-context.ts";
import { storedDecisionOf, storedDeliveryOf } from "../stored-delivery-of.ts";

export interface DeliveryDetail {
  readonly event: WholeDelivery;
  readonly decisions: readonly StoredDecision[];
}

/** A delivery, headers and body included, with its decisions; undefined when there is none. */
export async function deliveryDetail({ db }: StoreContext, id: string): Promise<DeliveryDetail | undefined> {
  const row = await db.selectFrom("tb_webhook_event").selectAll().where("id", "=", id).executeTakeFirst();
  if (row === undefined) return undefined;
  const decisions = await db
    .selectFrom("tb_webhook_decision")
    .selectAll()
    .where("event_id", "=", id)
    .orderBy("sequence")
    .execute();
  return {
    event: { ...storedDeliveryOf(row), headers: row.headers, body: row.body ?? undefined },
    decisions: decisions.map(storedDecisionOf),
  };
}
