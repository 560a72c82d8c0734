import type { Generated } from "kysely";
import type { DeploymentStatus, Trigger } from "../../domain/deployment.ts";
import type { Phase } from "../../domain/phase.ts";
import type { PlacementColumns } from "./target-tables.ts";

export interface DeploymentTables {
  /** Every deployment, from its wish to its end. */
  tb_deployment: DeploymentTable;
  /** The texts of fraises.yaml that deployments began with. */
  tb_settings: SettingsTable;
  /** The literal secrets of the settings that a deployment which has not ended began with. */
  tb_kept_secret: KeptSecretTable;
  /** Every way back, of fraisier by itself or of a person. */
  tb_rollback: RollbackTable;
  /** Deployments as lists show them, without the runner's lease, the journal and the log. */
  v_deployment_history: DeploymentHistoryView;
  /** Deployments whose phase has not moved for too long. */
  v_stuck_deployment: StuckDeploymentView;
}

export interface DeploymentTable extends PlacementColumns {
  id: string;
  trigger: Trigger;
  triggered_by: string;
  revision: string;
  /** The revision that the ref pointed to before the push: tells pushes that arrive in the wrong order. */
  previous_pushed: string | null;
  ref_kind: "branch" | "tag" | null;
  ref_name: string | null;
  forced: number;
  message: string;
  status: DeploymentStatus;
  phase: Phase;
  progress: number;
  reason: string;
  hint: string;
  superseded_by: string | null;
  attempt: number;
  /** The revision that ran when this deployment started: a rollback goes there. */
  previous_revision: string | null;
  previous_deployment_id: string | null;
  release_path: string | null;
  lease_owner: string | null;
  lease_expires_at: string | null;
  runner_kind: string | null;
  runner_identity: string | null;
  cancel_requested_at: string | null;
  cancel_requested_by: string | null;
  /** DeploymentOptions as JSON. */
  options: string;
  queued_at: string;
  started_at: string | null;
  phase_changed_at: string | null;
  finished_at: string | null;
  /** Why it waits although its target is free, in a sentence: a lock, a freeze window. */
  held_because: string | null;
  /** The reason behind `held_because` as a value (domain/wait-reason.ts), as JSON. */
  waits_for: string | null;
  /** The person who said that locks and freeze windows do not count for it, and why. */
  override_by: string | null;
  override_reason: string | null;
  /** The deployment whose release a rollback by hand goes back to. */
  returns_to: string | null;
  /** How often it was queued again by itself: 0 for what somebody or something asked for. */
  retry: Generated<number>;
  /** How many retries there could be when this one was queued. */
  retry_limit: Generated<number>;
  /** The deployment that was asked for, of which this one is a retry. */
  retry_of: string | null;
  /** A retry does not start before this time. */
  not_before: string | null;
  /** It is being taken back for a reason that is not the revision's and may pass. */
  may_pass: Generated<number>;
  /** It is being taken back for what its revision did. */
  is_bad: Generated<number>;
  /** The text of fraises.yaml that it began with (tb_settings); null until its first runner has read it. */
  settings: string | null;
  /** Since when its phase has not moved for too long; noticed once a phase. */
  stuck_since: string | null;
}

export type DeploymentHistoryView = Pick<
  DeploymentTable,
  | "id"
  | keyof PlacementColumns
  | "trigger"
  | "triggered_by"
  | "revision"
  | "ref_kind"
  | "ref_name"
  | "message"
  | "status"
  | "phase"
  | "progress"
  | "reason"
  | "hint"
  | "superseded_by"
  | "attempt"
  | "previous_revision"
  | "queued_at"
  | "started_at"
  | "finished_at"
  | "held_because"
  | "override_by"
  | "override_reason"
  | "returns_to"
  | "retry"
  | "retry_limit"
  | "retry_of"
  | "not_before"
>;

interface StuckDeploymentView extends PlacementColumns {
  id: string;
  status: DeploymentStatus;
  phase: Phase;
  progress: number;
  phase_changed_at: string;
  stuck_since: string;
  seconds_in_phase: number;
}

interface RollbackTable extends PlacementColumns {
  id: string;
  deployment_id: string;
  from_revision: string;
  to_revision: string | null;
  automatic: number;
  requested_by: string;
  reason: string;
  status: "running" | "succeeded" | "failed";
  started_at: string;
  finished_at: string | null;
}

interface SettingsTable {
  hash: string;
  text: string;
}

interface KeptSecretTable {
  deployment_id: string;
  sealed: Uint8Array;
}
