import type { Lock } from "../../domain/lock.ts";
import { stateJson } from "../../domain/target-state.ts";
import type { VerificationRun } from "../../store/reads/verification-status.ts";
import type { TargetStatus } from "../schemas/status-document.ts";
import type { Gaps } from "./gaps-of.ts";
import type { JobRuns } from "./job-runs.ts";
import type { TargetRow } from "./known-targets.ts";
import { lockDocument } from "./lock-document.ts";
import { stuckMs } from "./stuck-ms.ts";

/** Everything that is known of one target. */
interface Known {
  readonly name: string;
  /** Undefined if nothing was ever deployed. */
  readonly row: TargetRow | undefined;
  readonly verification: VerificationRun | undefined;
  /** The locks that cover the target. */
  readonly locks: readonly Lock[];
  readonly isConfigured: boolean;
  /** The host on which it lives; undefined if there is only one. */
  readonly host: string | undefined;
  /** When its job runs; undefined for a target that is no job. */
  readonly runs: JobRuns | undefined;
  readonly advice: string | undefined;
  /** Undefined if the host was not looked at. */
  readonly gaps: Gaps | undefined;
  readonly stuckAfter: number;
}

/** The state of a target. The names of the keys and their order are a promise to scripts. */
export function targetStatusJson(known: Known): TargetStatus {
  const { name, row, verification, locks, isConfigured, host, runs, advice, gaps, stuckAfter } = known;
  return {
    target: name,
    configured: isConfigured,
    ...(host === undefined ? {} : { host }),
    ...(row === undefined ? {} : rowJson(row, stuckAfter)),
    ...(runs === undefined ? {} : jobJson(runs, row)),
    verification: verification === undefined ? null : verificationJson(verification),
    locks: locks.map(lockDocument),
    advice: advice ?? null,
    sandbox_gaps: gaps?.map(({ problem, hint }) => ({ problem, hint })) ?? null,
  };
}

/** A target's state as it is on record, with the state of its host. */
function rowJson(row: TargetRow, stuckAfter: number) {
  const { code, unknown, running } = row;
  return {
    ...stateJson(row),
    running_stuck_ms: (running === undefined ? undefined : stuckMs(running.phaseChangedAt, stuckAfter)) ?? null,
    ...(code === undefined ? {} : { code: { name: code.name, revision: code.revision ?? null } }),
    ...(unknown === undefined ? {} : { unknown }),
  };
}

function jobJson(runs: JobRuns, row: TargetRow | undefined) {
  // systemd forgets with a reboot how a job ended, and the daemon has written it down.
  const last = runs.last ?? row?.lastRun;
  return {
    next_run: runs.timer?.next ?? null,
    timer: runs.timer?.description ?? null,
    last_run: last === undefined ? null : { result: last.result, exit_code: last.exitCode, at: last.at },
  };
}

function verificationJson({ deployment, ...run }: VerificationRun) {
  const { fraise, environment, job, id, revision, status, at, checks, failed, warned } = run;
  return {
    fraise,
    environment,
    job,
    id,
    deployment_id: deployment ?? null,
    revision,
    status,
    at,
    checks,
    failed,
    warned,
  };
}
