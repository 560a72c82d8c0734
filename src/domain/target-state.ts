import type { DeploymentStatus } from "./deployment.ts";
import type { Ref } from "./event.ts";
import type { TargetKey } from "./fraise.ts";
import type { Phase } from "./phase.ts";

/** Everything on record of a target: what runs, what is being deployed, what waits, and how the last deployment ended. Times are ISO-8601 text in UTC. */
export interface TargetState extends TargetKey {
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

export interface RunningNow {
  readonly id: string;
  readonly revision: string;
  readonly status: DeploymentStatus;
  readonly phase: Phase;
  readonly progress: number;
  readonly since: string | undefined;
  readonly phaseChangedAt: string | undefined;
  readonly stuckSince: string | undefined;
  readonly heldBecause: string | undefined;
}

export interface WaitingNow {
  readonly id: string;
  readonly revision: string;
  readonly since: string;
  readonly heldBecause: string | undefined;
  readonly retry: number;
  readonly retryLimit: number;
  readonly notBefore: string | undefined;
}

export interface LastDeployment {
  readonly id: string;
  readonly status: DeploymentStatus;
  readonly revision: string;
  readonly reason: string;
  readonly finishedAt: string | undefined;
}

/** A target's state as `status --json` and the daemon's status page print it. The names and their order are a promise to scripts. */
export function stateJson(state: TargetState) {
  const { hold, lastRun, running, waiting, last, unrestored } = state;
  return {
    fraise: state.fraise,
    environment: state.environment,
    job: state.job,
    revision: state.revision ?? null,
    deployment_id: state.deployment ?? null,
    previous_revision: state.previousRevision ?? null,
    hold_reason: hold?.reason ?? null,
    hold_since: hold?.since ?? null,
    updated_at: state.updatedAt,
    drift: state.drift,
    drift_checked_at: state.driftCheckedAt ?? null,
    last_run_result: lastRun?.result ?? null,
    last_run_exit_code: lastRun?.exitCode ?? null,
    last_run_at: lastRun?.at ?? null,
    active_ref_kind: state.ref?.kind ?? null,
    active_ref_name: state.ref?.name ?? null,
    active_since: state.since ?? null,
    active_release: state.releasePath ?? null,
    ...runningJson(running),
    ...waitingJson(waiting),
    last_id: last?.id ?? null,
    last_status: last?.status ?? null,
    last_revision: last?.revision ?? null,
    last_reason: last?.reason ?? null,
    last_finished_at: last?.finishedAt ?? null,
    unrestored_id: unrestored?.id ?? null,
    unrestored_revision: unrestored?.revision ?? null,
    unrestored_reason: unrestored?.reason ?? null,
  };
}

function runningJson(running: RunningNow | undefined) {
  return {
    running_id: running?.id ?? null,
    running_revision: running?.revision ?? null,
    running_status: running?.status ?? null,
    running_phase: running?.phase ?? null,
    running_progress: running?.progress ?? null,
    running_since: running?.since ?? null,
    running_phase_changed_at: running?.phaseChangedAt ?? null,
    running_stuck_since: running?.stuckSince ?? null,
    running_held_because: running?.heldBecause ?? null,
  };
}

function waitingJson(waiting: WaitingNow | undefined) {
  return {
    waiting_id: waiting?.id ?? null,
    waiting_revision: waiting?.revision ?? null,
    waiting_since: waiting?.since ?? null,
    waiting_held_because: waiting?.heldBecause ?? null,
    waiting_retry: waiting?.retry ?? null,
    waiting_retry_limit: waiting?.retryLimit ?? null,
    waiting_not_before: waiting?.notBefore ?? null,
  };
}
