import type { View } from "../backends/backend.ts";

/** Deliveries as lists show them: without headers and bodies. */
export const webhookEventHistoryView: View = {
  name: "v_webhook_event_history",
  sql: `select e.id, e.received_at, e.forge, e.delivery_id, e.event_name, e.repository, e.claimed_repository, e.remote_address, e.body_bytes,
       e.verified, e.proof, e.proof_secret, e.proof_key, e.http_status, e.decision, e.reason, e.redelivery_of
from tb_webhook_event e`,
};
