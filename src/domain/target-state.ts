import type { DeploymentStatus } from "./deployment.ts";
import type { Ref } from "./event.ts";
import type { Placement } from "./fraise.ts";
import type { Phase } from "./phase.ts";
import { withNulls } from "./with-nulls.ts";

/** Everything on record of a target on one host: what runs, what is being deployed, what waits, and how the last deployment ended. Times are ISO-8601 text in UTC. */
export interface TargetState extends Placement {
  /** The revision that runs; undefined before the first success. */
  readonly revision: string | undefined;
  /** The deployment that made it live. */
  readonly deployment: string | undefined;
  /** The ref that the revision came from. */
  readonly ref: Ref | undefined;
  /** The time at which it went live. */
  readonly since: string | undefined;
  /** The folder of its release. */
  readonly releasePath: string | undefined;
  readonly previousRevision: string | undefined;
  readonly hold: { readonly reason: string; readonly since: string | undefined } | undefined;
  readonly updatedAt: string;
  /** How the host differs from the record, in sentences; empty if it agrees. */
  readonly drift: string;
  readonly driftCheckedAt: string | undefined;
  /** How the service of a job ended the last time that it ran; undefined for a job that was not seen to run, and for a target that is no job. */
  readonly lastRun: { readonly result: string; readonly exitCode: number; readonly at: string } | undefined;
  readonly running: RunningNow | undefined;
  readonly waiting: WaitingNow | undefined;
  /** The newest deployment. */
  readonly last: LastDeployment | undefined;
  /** A deployment that could not be taken back, and after which none has succeeded: the host may hold parts of it. */
  readonly unrestored: { readonly id: string; readonly revision: string; readonly reason: string } | undefined;
}

interface RunningNow {
  readonly id: string;
  readonly revision: string;
  readonly status: DeploymentStatus;
  readonly phase: Phase;
  readonly progress: number;
  readonly since: string | undefined;
  readonly phaseChangedAt: string | undefined;
  readonly stuckSince: string | undefined;
  readonly waitsBecause: string | undefined;
}

interface WaitingNow {
  readonly id: string;
  readonly revision: string;
  readonly since: string;
  readonly waitsBecause: string | undefined;
  readonly retry: number;
  readonly retryLimit: number;
  readonly notBefore: string | undefined;
}

interface LastDeployment {
  readonly id: string;
  readonly status: DeploymentStatus;
  readonly revision: string;
  readonly reason: string;
  readonly finishedAt: string | undefined;
}

/** A target's state as `status --json` and the daemon's status page print it. The names and their order are a promise to scripts. */
export function stateJson(state: TargetState) {
  return withNulls({
    fraise: state.fraise,
    environment: state.environment,
    job: state.job,
    revision: state.revision,
    deployment_id: state.deployment,
    previous_revision: state.previousRevision,
    ...holdJson(state.hold),
    updated_at: state.updatedAt,
    drift: state.drift,
    drift_checked_at: state.driftCheckedAt,
    ...lastRunJson(state.lastRun),
    ...refJson(state.ref),
    active_since: state.since,
    active_release: state.releasePath,
    ...runningJson(state.running),
    ...waitingJson(state.waiting),
    ...lastJson(state.last),
    ...unrestoredJson(state.unrestored),
  });
}

/** A part of the state, or nothing of it. */
type Part<Name extends keyof TargetState> = Partial<NonNullable<TargetState[Name]>>;

function holdJson({ reason, since }: Part<"hold"> = {}) {
  return { hold_reason: reason, hold_since: since };
}

function lastRunJson({ result, exitCode, at }: Part<"lastRun"> = {}) {
  return { last_run_result: result, last_run_exit_code: exitCode, last_run_at: at };
}

function refJson({ kind, name }: Part<"ref"> = {}) {
  return { active_ref_kind: kind, active_ref_name: name };
}

function runningJson(running: Part<"running"> = {}) {
  return {
    running_id: running.id,
    running_revision: running.revision,
    running_status: running.status,
    running_phase: running.phase,
    running_progress: running.progress,
    running_since: running.since,
    running_phase_changed_at: running.phaseChangedAt,
    running_stuck_since: running.stuckSince,
    running_held_because: running.waitsBecause,
  };
}

function waitingJson(waiting: Part<"waiting"> = {}) {
  return {
    waiting_id: waiting.id,
    waiting_revision: waiting.revision,
    waiting_since: waiting.since,
    waiting_held_because: waiting.waitsBecause,
    waiting_retry: waiting.retry,
    waiting_retry_limit: waiting.retryLimit,
    waiting_not_before: waiting.notBefore,
  };
}

function lastJson({ id, status, revision, reason, finishedAt }: Part<"last"> = {}) {
  return {
    last_id: id,
    last_status: status,
    last_revision: revision,
    last_reason: reason,
    last_finished_at: finishedAt,
  };
}

function unrestoredJson({ id, revision, reason }: Part<"unrestored"> = {}) {
  return { unrestored_id: id, unrestored_revision: revision, unrestored_reason: reason };
}
