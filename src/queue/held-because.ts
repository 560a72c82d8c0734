import type { Trigger } from "../domain/deployment.ts";
import type { FreezeWindow } from "../domain/freeze.ts";
import { freezeAt } from "../domain/freeze.ts";
import type { TargetKey } from "../domain/fraise.ts";
import { retryDelay, retryName } from "../domain/retry.ts";
import type { Lock } from "../domain/lock.ts";
import { covers, lockName } from "../domain/lock.ts";

/** The facts that decide whether a queued deployment may start, beside its target being free. */
export interface Gate {
  /** Why no runner could load fraises.yaml. */
  readonly configFault: string | undefined;
  /** Why a runner could not work for this target, whatever the file says of the others: one of its secrets is missing. */
  readonly targetFault: string | undefined;
  readonly locks: readonly Lock[];
  readonly freezeOf: (target: TargetKey) => readonly FreezeWindow[];
}

interface Waiting extends TargetKey {
  readonly trigger: Trigger;
  /** The person who said that locks and freeze windows do not count for it. */
  readonly overrideBy: string | undefined;
  /** The number of the retry and how many there are, and the time before which it may not start. */
  readonly retry: number;
  readonly retryLimit: number;
  readonly notBefore: string | undefined;
}

/** Why a queued deployment must wait although its target is free, in a sentence; undefined when nothing holds it. Pure. */
export function heldBecause(
  waiting: Waiting,
  { configFault, targetFault, locks, freezeOf }: Gate,
  now: Date,
): string | undefined {
  // No override passes this reason: the runner would end at once.
  if (configFault !== undefined) return configFault;
  // Going back needs few secrets, if any: the step that needs the missing one says so.
  if (targetFault !== undefined && waiting.trigger !== "rollback") return targetFault;
  // Two at once on one target are never what is wanted.
  const occupant = locks.find((each) => each.holder !== "" && covers(each, waiting));
  if (occupant !== undefined) return `${occupant.reason}, by ${occupant.lockedBy}`;
  // A clock that was set back must not make a retry wait for days: no retry waits longer than its delay, as far as this clock can tell.
  const until = waiting.notBefore === undefined ? 0 : Date.parse(waiting.notBefore);
  if (until > now.getTime() && until - now.getTime() <= retryDelay(waiting.retry))
    return `${retryName(waiting.retry, waiting.retryLimit)} is at ${waiting.notBefore}`;
  if (waiting.overrideBy !== undefined) return undefined;
  const lock = locks.find((each) => covers(each, waiting));
  if (lock !== undefined) return `${lock.lockedBy} locked ${lockName(lock)}${because(lock.reason)}`;
  // Going back is what one does when something is wrong: no calendar stands in its way.
  if (waiting.trigger === "rollback") return undefined;
  const freeze = freezeAt(freezeOf(waiting), now);
  return freeze === undefined ? undefined : `frozen from ${freeze.text}${because(freeze.reason)}`;
}

function because(reason: string): string {
  return reason === "" ? "" : `: ${reason}`;
}
