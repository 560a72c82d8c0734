import { isOutcome } from "../domain/deployment.ts";
import type { RolloutMember } from "../domain/rollout.ts";

/** The runner of a member is at work, or died and is to be taken up. Pure. */
export function runs({ status }: RolloutMember): boolean {
  return status === "running" || status === "rolling_back";
}

/** The work of a silent host ends in a way that is not known: the others do not wait for it once the rollout does not go on. Pure. */
export function runsAudibly(member: RolloutMember): boolean {
  return runs(member) && member.presence !== "silent";
}

/** The host has what the rollout is for. Pure. */
export function isDone({ status }: RolloutMember): boolean {
  return status === "succeeded" || status === "skipped";
}

/** It waits, and its wave has not begun. Pure. */
export function isUnbegun({ status, wave }: RolloutMember): boolean {
  return status === "queued" && wave === undefined;
}

/** It waits to be tried again, in the wave in which it failed. Pure. */
export function isRetry({ status, wave }: RolloutMember): boolean {
  return status === "queued" && wave !== undefined;
}

/** The number of the newest wave that has begun; -1 before the first one. Pure. */
export function currentWave(members: readonly RolloutMember[]): number {
  return members.reduce((newest, { wave = -1 }) => Math.max(newest, wave), -1);
}

/** Its host went live and must go back, or is on its way back. Pure. */
export function isUnreturned({ status, rollback }: RolloutMember): boolean {
  return status === "succeeded" && (rollback === undefined || !isOutcome(rollback.status));
}

/** It was tried to take the host back, or its own failed deployment, and that failed. Pure. */
export function isStranded({ status, rollback }: RolloutMember): boolean {
  if (status === "rollback_failed") return true;
  // A newer push that took the place of going back brings its own revision.
  const goneBack = rollback === undefined || rollback.status === "succeeded" || rollback.status === "superseded";
  return !goneBack && isOutcome(rollback.status);
}

export function hostsOf(members: readonly RolloutMember[]): readonly string[] {
  return members.map(({ host }) => host);
}
