import { isOutcome } from "../domain/deployment.ts";
import type { Rollout, RolloutEnd, RolloutMember, RolloutTrouble } from "../domain/rollout.ts";
import { currentWave, hostsOf, isDone, isStranded, isUnreturned, runsAudibly } from "./rollout-members.ts";
import type { WavesDecision } from "./waves-decision.ts";

/**
 * Decides after a failure: no further host begins, those that run go on to their ends, and with `on_failure: roll_back` the hosts that succeeded go back, the newest wave first.
 * If a newer push waits, no host goes back, as the newer revision comes to all of them. Pure.
 */
export function afterTrouble(rollout: Rollout, trouble: RolloutTrouble): Partial<WavesDecision> {
  const { members, plan, replacedBy } = rollout;
  const ends = members.filter(({ status }) => status === "queued").map(({ deployment }) => deployment);
  if (members.some(runsAudibly)) return { ends, trouble };
  if (plan.onFailure === "stop" || replacedBy !== undefined) {
    const leftOut = hostsOf(members.filter((member) => !isDone(member)));
    return { ends, trouble, end: { outcome: "failed", trouble, leftOut } };
  }
  const unreturned = members.filter(isUnreturned);
  const takesBack = takenBackNext(unreturned);
  const isAwaited = unreturned.some(({ presence }) => presence !== "silent");
  if (takesBack.length > 0 || isAwaited) return { ends, trouble, takesBack };
  return { ends, trouble, end: goneBack(members, trouble) };
}

/** The members whose going back is due: those of the newest wave that is not back yet, and silent hosts, for which the others do not wait. Pure. */
export function takenBackNext(unreturned: readonly RolloutMember[]): readonly RolloutMember[] {
  const newest = currentWave(unreturned.filter(({ presence }) => presence !== "silent"));
  return unreturned.filter(
    ({ rollback, wave = -1, presence }) => rollback === undefined && (wave >= newest || presence === "silent"),
  );
}

function goneBack(members: readonly RolloutMember[], trouble: RolloutTrouble): RolloutEnd {
  const stranded = members.filter(
    (member) => isStranded(member) || isUnreturned(member) || (!isOutcome(member.status) && member.status !== "queued"),
  );
  return {
    outcome: stranded.length === 0 ? "rolled_back" : "rollback_failed",
    trouble,
    leftOut: hostsOf(stranded),
  };
}
