import type { StoredDecision, StoredDelivery } from "../../domain/stored-delivery.ts";
import { bit } from "../bit.ts";
import { onlyWithin } from "../within.ts";
import type { Within } from "../within.ts";

/** A delivery as lists show it. The names and their order are a promise to scripts. */
export function deliveryJson(delivery: StoredDelivery) {
  return {
    id: delivery.id,
    received_at: delivery.receivedAt,
    forge: delivery.forge,
    delivery_id: delivery.deliveryId ?? null,
    event_name: delivery.eventName,
    repository: delivery.repository,
    claimed_repository: delivery.claimedRepository,
    remote_address: delivery.remoteAddress,
    body_bytes: delivery.bodyBytes,
    verified: bit(delivery.verified),
    proof: delivery.proof?.kind ?? "",
    proof_secret: delivery.proof?.secret ?? null,
    proof_key: delivery.proof?.key ?? "",
    http_status: delivery.httpStatus,
    decision: delivery.decision,
    reason: delivery.reason,
    redelivery_of: delivery.redeliveryOf ?? null,
  };
}

/** The decisions that the asker may know of. */
export function decisionsJson(decisions: readonly StoredDecision[], within: Within) {
  return onlyWithin(decisions, within).map((each) => ({
    event_id: each.delivery,
    sequence: each.sequence,
    fraise: each.fraise,
    environment: each.environment,
    job: each.job,
    ref: each.ref,
    revision: each.revision,
    decision: each.decision,
    reason: each.reason,
    deployment_id: each.deployment ?? null,
  }));
}
