import type { DeliveryDetail } from "../../store/reads/delivery-detail.ts";
import type { DeliveryHistoryEntry } from "../../store/reads/delivery-history.ts";
import { bit } from "../bit.ts";
import { onlyWithin } from "../within.ts";
import type { Within } from "../within.ts";

type Row = Omit<DeliveryHistoryEntry, "decisions">;
type Decision = DeliveryDetail["decisions"][number];

/** A delivery as lists show it. The names and their order are a promise to scripts. */
export function deliveryJson(row: Row) {
  return {
    id: row.id,
    received_at: row.received_at,
    forge: row.forge,
    delivery_id: row.delivery_id,
    event_name: row.event_name,
    repository: row.repository,
    claimed_repository: row.claimed_repository,
    remote_address: row.remote_address,
    body_bytes: row.body_bytes,
    verified: bit(row.verified === 1),
    proof: row.proof,
    proof_secret: row.proof_secret,
    proof_key: row.proof_key,
    http_status: row.http_status,
    decision: row.decision,
    reason: row.reason,
    redelivery_of: row.redelivery_of,
  };
}

/** The decisions that the asker may know of. */
export function decisionsJson(decisions: readonly Decision[], within: Within) {
  return onlyWithin(decisions, within).map((each) => ({
    event_id: each.event_id,
    sequence: each.sequence,
    fraise: each.fraise,
    environment: each.environment,
    job: each.job,
    ref: each.ref,
    revision: each.revision,
    decision: each.decision,
    reason: each.reason,
    deployment_id: each.deployment_id,
  }));
}
