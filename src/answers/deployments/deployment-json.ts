import { writeOptions } from "../../domain/deployment-options.ts";
import { withNulls } from "../../domain/with-nulls.ts";
import type { DeploymentDetail } from "../../store/reads/deployment-detail.ts";
import type { DeploymentSummary } from "../../store/deployment-record.ts";
import type { CheckRecord } from "../../store/reads/verification-checks.ts";
import { bit } from "../bit.ts";

/** A deployment as lists show it. The names and their order are a promise to scripts. */
export function summaryJson(deployment: DeploymentSummary) {
  return withNulls({
    id: deployment.id,
    fraise: deployment.fraise,
    environment: deployment.environment,
    job: deployment.job,
    trigger: deployment.trigger,
    triggered_by: deployment.triggeredBy,
    revision: deployment.revision,
    ref_kind: deployment.ref?.kind,
    ref_name: deployment.ref?.name,
    message: deployment.message,
    status: deployment.status,
    phase: deployment.phase,
    progress: deployment.progress,
    reason: deployment.reason,
    hint: deployment.hint,
    superseded_by: deployment.supersededBy,
    attempt: deployment.attempt,
    previous_revision: deployment.previousRevision,
    queued_at: deployment.queuedAt,
    started_at: deployment.startedAt,
    finished_at: deployment.finishedAt,
    held_because: deployment.waitsBecause,
    override_by: deployment.overrideBy,
    override_reason: deployment.overrideReason,
    returns_to: deployment.returnsTo,
    retry: deployment.retry,
    retry_limit: deployment.retryLimit,
    retry_of: deployment.retryOf,
    not_before: deployment.notBefore,
  });
}

/** A deployment with its phases and steps as `show` tells of it. The names and their order are a promise to scripts. */
export function detailJson({ deployment, phases, steps }: DeploymentDetail) {
  const { id } = deployment;
  return {
    deployment: recordJson(deployment),
    phases: phases.map((each) => phaseJson(each, id)),
    steps: steps.map((each) => stepJson(each, id)),
  };
}

function recordJson(deployment: DeploymentDetail["deployment"]) {
  return withNulls({
    id: deployment.id,
    fraise: deployment.fraise,
    environment: deployment.environment,
    job: deployment.job,
    trigger: deployment.trigger,
    triggered_by: deployment.triggeredBy,
    revision: deployment.revision,
    previous_pushed: deployment.previousPushed,
    ref_kind: deployment.ref?.kind,
    ref_name: deployment.ref?.name,
    forced: bit(deployment.forced),
    message: deployment.message,
    status: deployment.status,
    phase: deployment.phase,
    progress: deployment.progress,
    reason: deployment.reason,
    hint: deployment.hint,
    superseded_by: deployment.supersededBy,
    attempt: deployment.attempt,
    previous_revision: deployment.previousRevision,
    previous_deployment_id: deployment.previousDeployment,
    release_path: deployment.releasePath,
    lease_owner: deployment.leaseOwner,
    lease_expires_at: deployment.leaseExpiresAt,
    runner_kind: deployment.runnerKind,
    runner_identity: deployment.runnerIdentity,
    cancel_requested_at: deployment.cancelRequestedAt,
    cancel_requested_by: deployment.cancelRequestedBy,
    queued_at: deployment.queuedAt,
    started_at: deployment.startedAt,
    phase_changed_at: deployment.phaseChangedAt,
    finished_at: deployment.finishedAt,
    held_because: deployment.waitsBecause,
    override_by: deployment.overrideBy,
    override_reason: deployment.overrideReason,
    returns_to: deployment.returnsTo,
    stuck_since: deployment.stuckSince,
    options: writeOptions(deployment.options),
    retry: deployment.retry,
    retry_limit: deployment.retryLimit,
    retry_of: deployment.retryOf,
    not_before: deployment.notBefore,
    may_pass: bit(deployment.mayPass),
    is_bad: bit(deployment.isBad),
    settings: deployment.settings,
  });
}

function phaseJson(
  { sequence, phase, progress, metadata, at }: DeploymentDetail["phases"][number],
  deployment: string,
) {
  return { deployment_id: deployment, sequence, phase, progress, metadata, at };
}

function stepJson(step: DeploymentDetail["steps"][number], deployment: string) {
  return withNulls({
    deployment_id: deployment,
    sequence: step.sequence,
    step: step.step,
    phase: step.phase,
    status: step.status,
    facts: JSON.stringify(step.facts),
    error: step.error,
    started_at: step.startedAt,
    finished_at: step.finishedAt,
    duration_ms: step.durationMs,
  });
}

/** A check of a deployment as `show` tells of it. */
export function checkJson(check: CheckRecord, deployment: string) {
  return {
    id: check.id,
    sequence: check.sequence,
    deployment_id: deployment,
    fraise: check.fraise,
    environment: check.environment,
    job: check.job,
    revision: check.revision,
    type: check.type,
    name: check.name,
    status: check.status,
    seen: check.seen,
    duration_ms: check.durationMs,
    at: check.at,
  };
}
