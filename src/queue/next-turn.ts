import { freezeAt } from "../domain/freeze.ts";
import type { FreezeWindow } from "../domain/freeze.ts";
import type { TargetKey } from "../domain/fraise.ts";
import { targetName } from "../domain/fraise.ts";
import { covers, lockName } from "../domain/lock.ts";
import type { Lock } from "../domain/lock.ts";
import { retryDelay } from "../domain/retry.ts";
import type { Gate, WaitReason } from "../domain/wait-reason.ts";
import type { QueuedDeployment, QueueState, RunningDeployment } from "../store/reads/queue-state.ts";

/** The queue as one look finds it. */
export interface Situation extends Pick<QueueState, "queued" | "running"> {
  /** The deployments of `running` whose runner is dead. */
  readonly dead: readonly RunningDeployment[];
  /** The target to decide about, if the process that asks starts deployments of no other one: then the others do not take the places that are free. */
  readonly only?: TargetKey;
}

/** The settings of the queue that decide what may start. */
export interface TurnSettings {
  /** How many deployments may run at once on this host. */
  readonly concurrency: number;
  freezeOf(target: TargetKey): readonly FreezeWindow[];
  /** The target whose code another one runs. */
  lenderOf(target: TargetKey): TargetKey | undefined;
}

/** Everything else that stands in the way of deployments at this moment. */
export interface Obstacles {
  readonly locks: readonly Lock[];
  /** The reason why no runner could work for a deployment, by the deployment's id. */
  readonly faults: ReadonlyMap<string, Gate>;
  /** The reason why this host starts nothing that is queued, if a person has drained it. Deployments that were begun go on. */
  readonly drained?: Gate | undefined;
}

/** The turn of one deployment. */
export type NextTurn = Go | Wait;

export type Go =
  /** Its runner died, and the next one may be launched. */
  | { readonly kind: "take up"; readonly deployment: RunningDeployment }
  /** It is queued, and its runner may be launched. */
  | { readonly kind: "start"; readonly deployment: QueuedDeployment };

export interface Wait {
  readonly kind: "wait";
  readonly deployment: RunningDeployment | QueuedDeployment;
  readonly for: WaitReason;
}

/**
 * Decides what may start now, what waits, and for what: the dead first, then the queued, oldest first. A deployment that a place is free for is told to start, so a caller
 * that loses it to another process looks again. Pure.
 */
export function nextTurns(
  situation: Situation,
  settings: TurnSettings,
  { locks, faults, drained }: Obstacles,
  now: Date,
): readonly NextTurn[] {
  const { running, dead } = situation;
  let free = settings.concurrency - (running.length - dead.length);
  const placed = (turn: Go): NextTurn => {
    if (free > 0) {
      free -= 1;
      return turn;
    }
    return { kind: "wait", deployment: turn.deployment, for: { kind: "place", concurrency: settings.concurrency } };
  };
  const takeUps = asked(situation, dead).map((deployment): NextTurn => {
    const fault = faults.get(deployment.id);
    if (fault !== undefined) return { kind: "wait", deployment, for: fault };
    return placed({ kind: "take up", deployment });
  });
  const comesFirst = order(situation, settings);
  const starts = asked(situation, situation.queued).map((deployment): NextTurn => {
    const reason =
      comesFirst(deployment) ??
      gateOf(
        deployment,
        { fault: faults.get(deployment.id), drained, locks, freezes: settings.freezeOf(deployment) },
        now,
      );
    if (reason !== undefined) return { kind: "wait", deployment, for: reason };
    return placed({ kind: "start", deployment });
  });
  return [...takeUps, ...starts];
}

/** The queued deployments that wait for no other deployment: it is worth asking what else stands in their way. Pure. */
export function notBehindOthers(situation: Situation, settings: TurnSettings): readonly QueuedDeployment[] {
  const comesFirst = order(situation, settings);
  return asked(situation, situation.queued).filter((each) => comesFirst(each) === undefined);
}

function asked<Each extends TargetKey>({ only }: Situation, deployments: readonly Each[]): readonly Each[] {
  return only === undefined ? deployments : deployments.filter((each) => targetName(each) === targetName(only));
}

/** Says of a queued deployment which other one, of its target, its lender or a borrower of it, comes first. */
function order(
  { queued, running }: Pick<QueueState, "queued" | "running">,
  { lenderOf }: Pick<TurnSettings, "lenderOf">,
): (deployment: TargetKey) => WaitReason | undefined {
  const runs = new Map(running.map((each) => [targetName(each), each]));
  const waits = new Map(queued.map((each) => [targetName(each), each]));
  const borrowers = new Map(
    running.flatMap((each) => {
      const lender = lenderOf(each);
      return lender === undefined ? [] : [[targetName(lender), each]];
    }),
  );
  return (deployment) => {
    const name = targetName(deployment);
    const same = runs.get(name);
    if (same !== undefined) return { kind: "target", deployment: same.id };
    const borrower = borrowers.get(name);
    if (borrower !== undefined) return { kind: "borrower", deployment: borrower.id, target: targetName(borrower) };
    const lender = lenderOf(deployment);
    if (lender === undefined) return undefined;
    // The lender's code is about to change: only afterwards it is known whether that code is wanted.
    const first = runs.get(targetName(lender)) ?? waits.get(targetName(lender));
    return first === undefined ? undefined : { kind: "lender", deployment: first.id, target: targetName(first) };
  };
}

interface InTheWay {
  readonly fault: Gate | undefined;
  readonly drained: Gate | undefined;
  readonly locks: readonly Lock[];
  readonly freezes: readonly FreezeWindow[];
}

/** Finds the gate that keeps a queued deployment waiting although no other deployment comes first. */
function gateOf(waiting: QueuedDeployment, { fault, drained, locks, freezes }: InTheWay, now: Date): Gate | undefined {
  if (drained !== undefined) return drained;
  // No override passes a fault: the runner would end at once. But going back needs few secrets, if any: the step that needs the missing one says so.
  if (fault !== undefined && !(fault.kind === "secret" && waiting.trigger === "rollback")) return fault;
  // Two at once on one target are never what is wanted.
  const occupant = locks.find((each) => each.holder !== "" && covers(each, waiting));
  if (occupant !== undefined) return { kind: "process", work: occupant.reason, by: occupant.lockedBy };
  const { retry, retryLimit: limit, notBefore: at } = waiting;
  if (at !== undefined && isAhead(Date.parse(at), retry, now)) return { kind: "retry", retry, limit, at };
  if (waiting.overrideBy !== undefined) return undefined;
  const lock = locks.find((each) => covers(each, waiting));
  if (lock !== undefined) return { kind: "lock", on: lockName(lock), by: lock.lockedBy, reason: lock.reason };
  // Going back is what one does when something is wrong: no calendar stands in its way.
  if (waiting.trigger === "rollback") return undefined;
  const freeze = freezeAt(freezes, now);
  if (freeze === undefined) return undefined;
  return { kind: "freeze", window: freeze.text, ends: freeze.ends, reason: freeze.reason };
}

/** Whether a retry has to wait for this time. No retry waits longer than its delay by this clock: one that was set back must not make it wait for days. */
function isAhead(until: number, retry: number, now: Date): boolean {
  return until > now.getTime() && until - now.getTime() <= retryDelay(retry);
}
