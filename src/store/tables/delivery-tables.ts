import type { TargetColumns } from "./target-tables.ts";

export interface DeliveryTables {
  /** Every delivery as it came, refused ones too, and every push that a sweep found. */
  tb_webhook_event: WebhookEventTable;
  /** The decision of each delivery about each target. */
  tb_webhook_decision: WebhookDecisionTable;
  /** The revisions of refs that sweeps have decided on. */
  tb_swept_ref: SweptRefTable;
  /** When each repository was asked for its refs last. */
  tb_sweep: SweepTable;
  /** Deliveries as lists show them, without headers and body. */
  v_webhook_event_history: WebhookEventHistoryView;
}

export interface WebhookEventTable {
  id: string;
  received_at: string;
  forge: string;
  delivery_id: string | null;
  event_name: string;
  repository: string;
  /** The claims of a refused delivery; `""` for an authentic one. */
  claimed_repository: string;
  remote_address: string;
  headers: string;
  /** Null for refused deliveries, and once `keep_payloads_days` are over. */
  body: Uint8Array | null;
  body_bytes: number;
  body_sha256: string | null;
  verified: number;
  /** The proof: `signature`, `token`, or `""`. */
  proof: string;
  /** The number of the configured secret that matched, from 1. */
  proof_secret: number | null;
  /** The key of fraises.yaml that names these secrets; `""` for rows of a version that did not write it. */
  proof_key: string;
  http_status: number;
  decision: string;
  reason: string;
  redelivery_of: string | null;
}

export type WebhookEventHistoryView = Omit<WebhookEventTable, "headers" | "body" | "body_sha256">;

export interface WebhookDecisionTable extends TargetColumns {
  event_id: string;
  sequence: number;
  ref: string;
  revision: string;
  decision: string;
  reason: string;
  deployment_id: string | null;
}

interface SweptRefTable extends TargetColumns {
  /** Full. */
  ref: string;
  revision: string;
  decided_at: string;
}

interface SweepTable {
  /** Forge and name. */
  repository: string;
  swept_at: string;
  problem: string;
}
