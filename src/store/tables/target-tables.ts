import type { Generated } from "kysely";
import type { DeploymentStatus } from "../../domain/deployment.ts";
import type { Phase } from "../../domain/phase.ts";

export interface TargetTables {
  /** The state of each target on each of its hosts: the revision that runs, its hold, and how the host differs from the record. */
  tb_fraise_state: FraiseStateTable;
  /** Revisions that were taken back, and are not deployed again by themselves. */
  tb_bad_revision: BadRevisionTable;
  /** The locks in force. `*` as environment or job stands for all of them; as fraise for all there are. */
  tb_lock: LockTable;
  /** Actions of people beside deploying: locks, ends of holds (`release`), overrides, replays, prunings, repairs, tokens. */
  tb_action: ActionTable;
  /** The content of each file as a component group has deployed it last. */
  tb_group_file: GroupFileTable;
  /** Each target on each of its hosts: what it runs, what is being deployed, what waits, and how the last deployment ended. */
  v_fraise_status: FraiseStatusView;
}

export interface TargetColumns {
  fraise: string;
  environment: string;
  job: string;
}

/** A target on one host. */
export interface PlacementColumns extends TargetColumns {
  /** The name of the host; `""` in a store in SQLite, which serves one host. */
  host: string;
}

interface FraiseStateTable extends PlacementColumns {
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

interface BadRevisionTable extends TargetColumns {
  revision: string;
  deployment_id: string;
  reason: string;
  at: string;
}

interface LockTable extends TargetColumns {
  /** The process that holds it, as JSON; '' where a person set it. */
  holder: string;
  reason: string;
  locked_by: string;
  locked_at: string;
}

interface ActionTable extends TargetColumns {
  id: string;
  at: string;
  action: string;
  by: string;
  /** The deployment or delivery that the action was on; for the end of a hold the revisions, with blanks between. */
  subject: string;
  reason: string;
}

interface GroupFileTable extends PlacementColumns {
  group_name: string;
  file: string;
  blob: string;
  deployment_id: string;
  at: string;
}
