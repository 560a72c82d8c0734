import type { Selectable } from "kysely";
import type { Placement } from "../domain/fraise.ts";
import type { Deployment } from "../domain/deployment.ts";
import { readOptions } from "../domain/deployment-options.ts";
import { refOf } from "../domain/event.ts";
import type { DeploymentHistoryView, DeploymentTable } from "./tables/deployment-tables.ts";
import { withoutNulls } from "./without-nulls.ts";

/** Everything on record of a deployment but its phases, steps and log. */
export interface DeploymentRecord extends Deployment, Placement {
  /** The revision that the ref pointed to before the push. */
  readonly previousPushed: string | undefined;
  readonly hint: string;
  /** The revision that ran when this deployment started: a rollback goes there. */
  readonly previousRevision: string | undefined;
  readonly previousDeployment: string | undefined;
  readonly releasePath: string | undefined;
  readonly leaseOwner: string | undefined;
  readonly leaseExpiresAt: string | undefined;
  readonly runnerKind: string | undefined;
  /** JSON: the process that runs it. */
  readonly runnerIdentity: string | undefined;
  readonly cancelRequestedAt: string | undefined;
  readonly cancelRequestedBy: string | undefined;
  readonly phaseChangedAt: string | undefined;
  /** Why it waits although its target is free: a lock, a freeze window. */
  readonly waitsBecause: string | undefined;
  /** The person who said that locks and freeze windows do not count for it, and why. */
  readonly overrideBy: string | undefined;
  readonly overrideReason: string | undefined;
  /** The deployment whose release a rollback by hand goes back to. */
  readonly returnsTo: string | undefined;
  /** How often it was queued again by itself: 0 for a deployment that was asked for. */
  readonly retry: number;
  readonly retryLimit: number;
  /** The deployment that was asked for, of which this one is a retry. */
  readonly retryOf: string | undefined;
  /** A retry does not start before this time. */
  readonly notBefore: string | undefined;
  /** It is being taken back for a reason that is not the revision's and may pass. */
  readonly mayPass: boolean;
  /** It is being taken back for what its revision did. */
  readonly isBad: boolean;
  /** The hash of the settings that it began with; undefined until its first runner has read them. */
  readonly settings: string | undefined;
  /** The time since which its phase has not moved for too long. */
  readonly stuckSince: string | undefined;
}

/** A deployment as lists show it. */
export type DeploymentSummary = Omit<
  DeploymentRecord,
  | "forced"
  | "options"
  | "previousPushed"
  | "previousDeployment"
  | "releasePath"
  | "leaseOwner"
  | "leaseExpiresAt"
  | "runnerKind"
  | "runnerIdentity"
  | "cancelRequestedAt"
  | "cancelRequestedBy"
  | "phaseChangedAt"
  | "mayPass"
  | "isBad"
  | "settings"
  | "stuckSince"
>;

export function toSummary(stored: Selectable<DeploymentHistoryView>): DeploymentSummary {
  const row = withoutNulls(stored);
  return {
    id: row.id,
    fraise: row.fraise,
    environment: row.environment,
    job: row.job,
    host: row.host,
    trigger: row.trigger,
    triggeredBy: row.triggered_by,
    revision: row.revision,
    ref: refOf(stored.ref_kind, stored.ref_name),
    message: row.message,
    status: row.status,
    phase: row.phase,
    progress: row.progress,
    reason: row.reason,
    hint: row.hint,
    supersededBy: row.superseded_by,
    attempt: row.attempt,
    previousRevision: row.previous_revision,
    queuedAt: row.queued_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    waitsBecause: row.held_because,
    overrideBy: row.override_by,
    overrideReason: row.override_reason,
    returnsTo: row.returns_to,
    retry: row.retry,
    retryLimit: row.retry_limit,
    retryOf: row.retry_of,
    notBefore: row.not_before,
  };
}

export function toRecord(stored: Selectable<DeploymentTable>): DeploymentRecord {
  const row = withoutNulls(stored);
  return {
    ...toSummary(stored),
    forced: row.forced === 1,
    options: readOptions(row.options),
    previousPushed: row.previous_pushed,
    previousDeployment: row.previous_deployment_id,
    releasePath: row.release_path,
    leaseOwner: row.lease_owner,
    leaseExpiresAt: row.lease_expires_at,
    runnerKind: row.runner_kind,
    runnerIdentity: row.runner_identity,
    cancelRequestedAt: row.cancel_requested_at,
    cancelRequestedBy: row.cancel_requested_by,
    phaseChangedAt: row.phase_changed_at,
    mayPass: row.may_pass === 1,
    isBad: row.is_bad === 1,
    settings: row.settings,
    stuckSince: row.stuck_since,
  };
}
