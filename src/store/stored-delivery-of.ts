import type { Selectable } from "kysely";
import type { StoredDecision, StoredDelivery } from "../domain/stored-delivery.ts";
import type { WebhookDecisionTable, WebhookEventHistoryView } from "./tables/delivery-tables.ts";

/** A delivery out of its row. */
export function storedDeliveryOf(row: Selectable<WebhookEventHistoryView>): StoredDelivery {
  const { proof: kind, proof_secret: secret, proof_key: key } = row;
  return {
    id: row.id,
    receivedAt: row.received_at,
    forge: row.forge,
    deliveryId: row.delivery_id ?? undefined,
    eventName: row.event_name,
    repository: row.repository,
    claimedRepository: row.claimed_repository,
    remoteAddress: row.remote_address,
    bodyBytes: row.body_bytes,
    verified: row.verified === 1,
    proof: kind === "" ? undefined : { kind, secret: secret ?? undefined, key },
    httpStatus: row.http_status,
    decision: row.decision,
    reason: row.reason,
    redeliveryOf: row.redelivery_of ?? undefined,
  };
}

/** A decision about a delivery out of its row. */
export function storedDecisionOf(row: Selectable<WebhookDecisionTable>): StoredDecision {
  const { event_id: delivery, deployment_id: deployment, ...decision } = row;
  return { ...decision, delivery, deployment: deployment ?? undefined };
}
