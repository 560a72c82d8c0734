import type { Generated } from "kysely";
import type { Scope } from "../domain/api-token.ts";
import type { BackupStatus } from "../domain/backup-run.ts";
import type { DeploymentStatus, StepStatus, Trigger } from "../domain/deployment.ts";
import type { MigrationStatus } from "../domain/migration-run.ts";
import type { Phase } from "../domain/phase.ts";
import type { CheckStatus } from "../domain/verification.ts";

/** `tb_*` are written, `v_*` are read. Times are ISO-8601 UTC text; JSON is text; booleans are 0 or 1. */
export interface Tables {
  tb_fraise_state: FraiseStateTable;
  tb_bad_revision: BadRevisionTable;
  tb_deployment: DeploymentTable;
  tb_settings: SettingsTable;
  tb_kept_secret: KeptSecretTable;
  tb_deployment_phase: DeploymentPhaseTable;
  tb_deployment_step: DeploymentStepTable;
  tb_deployment_log: DeploymentLogTable;
  tb_webhook_event: WebhookEventTable;
  tb_webhook_decision: WebhookDecisionTable;
  tb_rollback: RollbackTable;
  tb_daemon: DaemonTable;
  tb_lock: LockTable;
  tb_action: ActionTable;
  tb_swept_ref: SweptRefTable;
  tb_sweep: SweepTable;
  tb_verification: VerificationTable;
  tb_migration_history: MigrationHistoryTable;
  tb_environment_variable: EnvironmentVariableTable;
  tb_variable_key: VariableKeyTable;
  tb_group_file: GroupFileTable;
  tb_backup: BackupTable;
  tb_store_backup: StoreBackupTable;
  tb_api_token: ApiTokenTable;
  tb_delivery_tally: DeliveryTallyTable;
  tb_deployment_tally: DeploymentTallyTable;
  tb_duration_tally: DurationTallyTable;
  v_deployment_history: DeploymentHistoryView;
  v_fraise_status: FraiseStatusView;
  v_deployment_stats: DeploymentStatsView;
  v_webhook_event_history: WebhookEventHistoryView;
  v_stuck_deployment: StuckDeploymentView;
  v_verification_status: VerificationStatusView;
  v_migration_status: MigrationHistoryTable;
  v_api_token: ApiTokenView;
}

export interface MigrationHistoryTable extends TargetColumns {
  id: string;
  /** The tool's name for it. */
  migration: string;
  tool: string;
  /** Below the release; "" where it is no file of its own. */
  file: string;
  sha256: string;
  /** Null for one by hand. */
  deployment_id: string | null;
  status: MigrationStatus;
  started_at: string;
  applied_at: string | null;
  applied_by: string;
  execution_time_ms: number | null;
  error: string;
}

/** At most one row. */
interface StoreBackupTable {
  id: 1;
  at: string;
  /** "-" if it was written to standard output. */
  file: string;
  bytes: number;
  made_by: string;
}

/** Triggers write the three tallies. They only grow, also when the rows that they count are forgotten. */
interface DeliveryTallyTable {
  forge: string;
  /** The decision of the whole delivery. */
  decision: string;
  count: number;
}

interface DeploymentTallyTable extends TargetColumns {
  /** The status that deployments ended with. */
  status: string;
  count: number;
}

interface DurationTallyTable {
  measured: "wait" | "deployment" | "phase";
  /** The phase, or the status that deployments ended with; "" for waits. */
  name: string;
  /** The first bound that is not below these durations; Number.MAX_SAFE_INTEGER if they are above every bound. */
  bound_ms: number;
  count: number;
  total_ms: number;
}

interface BackupTable extends TargetColumns {
  id: string;
  /** The deployment it was made before; null for one by hand. */
  deployment_id: string | null;
  /** The revision that ran on this database then; "" if none did. */
  revision: string;
  engine: string;
  /** Its folder. */
  path: string;
  /** The size of the folder's files together. */
  bytes: number | null;
  manifest_sha256: string;
  status: BackupStatus;
  error: string;
  started_at: string;
  finished_at: string | null;
  created_by: string;
}

interface TargetColumns {
  fraise: string;
  environment: string;
  job: string;
}

interface FraiseStateTable extends TargetColumns {
  /** The revision that runs; null before the first success. */
  revision: string | null;
  deployment_id: string | null;
  previous_revision: string | null;
  previous_deployment_id: string | null;
  hold_reason: string | null;
  hold_since: string | null;
  updated_at: string;
  /** How what the host does differs from what is recorded, in sentences; `""`: not at all. */
  drift: Generated<string>;
  drift_checked_at: string | null;
  /** How the service of a job ended the last time that it ran: systemd's word. Null for a job that was not seen to run, and for what is no job. */
  last_run_result: string | null;
  last_run_exit_code: number | null;
  last_run_at: string | null;
}

interface BadRevisionTable extends TargetColumns {
  revision: string;
  deployment_id: string;
  reason: string;
  at: string;
}

/** fraises.yaml as deployments began with it. */
interface SettingsTable {
  hash: string;
  text: string;
}

/** The literal secrets of the settings that a deployment which has not ended began with. */
interface KeptSecretTable {
  deployment_id: string;
  sealed: Uint8Array;
}

export interface DeploymentTable extends TargetColumns {
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

interface DeploymentPhaseTable {
  deployment_id: string;
  sequence: number;
  phase: Phase;
  progress: number;
  metadata: string;
  at: string;
}

interface DeploymentStepTable {
  deployment_id: string;
  sequence: number;
  step: string;
  phase: Phase;
  status: StepStatus;
  facts: string;
  error: string;
  started_at: string;
  finished_at: string | null;
  duration_ms: number | null;
}

interface DeploymentLogTable {
  deployment_id: string;
  sequence: number;
  at: string;
  step: string;
  stream: "stdout" | "stderr" | "fraisier";
  line: string;
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

export interface WebhookDecisionTable extends TargetColumns {
  event_id: string;
  sequence: number;
  ref: string;
  revision: string;
  decision: string;
  reason: string;
  deployment_id: string | null;
}

interface RollbackTable extends TargetColumns {
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

/** The content of each file as a component group has deployed it last. */
interface GroupFileTable extends TargetColumns {
  group_name: string;
  file: string;
  blob: string;
  deployment_id: string;
  at: string;
}

interface DaemonTable {
  id: string;
  host: string;
  pid: number;
  boot_id: string;
  start_time: string;
  /** Containers may share host name and boot id: the same pid is another process in another namespace. */
  pid_namespace: string;
  listen: string;
  version: string;
  /** The version of the store that the daemon knows: it only reads a newer store. */
  store_version: number;
  started_at: string;
  /** The fraises.yaml it reads; '' for a daemon of a version that did not say. */
  config_file: string;
  /** The stamp (config/file/stamp.ts) of the file as it read it. */
  config_stamp: string;
  config_read_at: string;
  /** JSON: a list of Trouble (domain/trouble.ts). */
  troubles: string;
  /** How many reloads were asked for, and up to which of them it has answered. */
  reload_asked: number;
  reload_answered: number;
  /** JSON: a ReloadFailure (domain/trouble.ts); '' if the last reload went well. */
  reload_failure: string;
}

/** `*` as environment or job stands for all of them; as fraise for all there are. */
interface LockTable extends TargetColumns {
  /** The process that holds it, as JSON; '' where a person set it. */
  holder: string;
  reason: string;
  locked_by: string;
  locked_at: string;
}

/** Actions of people beside deploying: lock, unlock, release, override, replay, prune, repair, tokens. */
interface ActionTable extends TargetColumns {
  id: string;
  at: string;
  action: string;
  by: string;
  /** A deployment or delivery, where the action was on one; of a release the revisions, with blanks between. */
  subject: string;
  reason: string;
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

interface VerificationTable extends TargetColumns {
  /** The id of the run of the suite; its checks are numbered from 1. */
  id: string;
  sequence: number;
  /** Null for a run by hand. */
  deployment_id: string | null;
  revision: string;
  type: string;
  name: string;
  status: CheckStatus;
  seen: string;
  duration_ms: number;
  at: string;
}

/** The last run of each target: as good as its worst check. */
interface VerificationStatusView extends TargetColumns {
  id: string;
  deployment_id: string | null;
  revision: string;
  status: CheckStatus;
  at: string;
  checks: number;
  failed: number;
  warned: number;
}

/** A variable of a target; of all jobs of an environment where `job` is `""`. */
export interface EnvironmentVariableTable extends TargetColumns {
  name: string;
  /** Sealed: src/variables knows how. */
  value: Uint8Array;
  updated_at: string;
  updated_by: string;
}

interface ApiTokenTable {
  id: string;
  name: string;
  /** SHA-256 of the token. */
  hash: Uint8Array;
  scope: Scope;
  /** JSON: a list of names; `[]` for all. */
  fraises: string;
  environments: string;
  created_at: string;
  created_by: string;
  expires_at: string | null;
  last_used_at: string | null;
  revoked_at: string | null;
  revoked_by: string | null;
}

/** Tokens without their hashes. */
export interface ApiTokenView extends Omit<ApiTokenTable, "hash"> {
  state: "active" | "expired" | "revoked";
}

interface VariableKeyTable {
  id: 1;
  /** The public half of the key that every value is sealed for. */
  recipient: string;
  since: string;
}

export type DeploymentHistoryView = Pick<
  DeploymentTable,
  | "id"
  | keyof TargetColumns
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

export interface FraiseStatusView extends Omit<FraiseStateTable, "previous_deployment_id"> {
  active_ref_kind: "branch" | "tag" | null;
  active_ref_name: string | null;
  active_since: string | null;
  active_release: string | null;
  running_id: string | null;
  running_revision: string | null;
  running_status: DeploymentStatus | null;
  running_phase: Phase | null;
  running_progress: number | null;
  running_since: string | null;
  running_phase_changed_at: string | null;
  running_stuck_since: string | null;
  running_held_because: string | null;
  waiting_id: string | null;
  waiting_revision: string | null;
  waiting_since: string | null;
  waiting_held_because: string | null;
  waiting_retry: number | null;
  waiting_retry_limit: number | null;
  waiting_not_before: string | null;
  last_id: string | null;
  last_status: DeploymentStatus | null;
  last_revision: string | null;
  last_reason: string | null;
  last_finished_at: string | null;
}

/** Deployments of one target that ended on one day. */
interface DeploymentStatsView extends TargetColumns {
  /** `2026-11-21`, in UTC. */
  day: string;
  /** All that ended, whatever their status. */
  deployments: number;
  succeeded: number;
  failed: number;
  rolled_back: number;
  rollback_failed: number;
  superseded: number;
  skipped: number;
  cancelled: number;
  last_finished_at: string;
}

export type WebhookEventHistoryView = Omit<WebhookEventTable, "headers" | "body" | "body_sha256">;

interface StuckDeploymentView extends TargetColumns {
  id: string;
  status: DeploymentStatus;
  phase: Phase;
  progress: number;
  phase_changed_at: string;
  stuck_since: string;
  seconds_in_phase: number;
}
