import type { DeploymentOptions } from "./deployment-options.ts";
import type { DeploymentStatus } from "./deployment.ts";
import type { Ref } from "./event.ts";
import type { PlacedTarget, TargetKey } from "./fraise.ts";

/**
 * The outcome of an event for a target, machine-readable. `queued`: a deployment waits for it. `redelivery`: already taken care of, by the named deployment.
 * `skipped`: this target, but nothing to do. `held`: this target does not take this revision now. `ignored`: no target wants it. `asked`: the delivery does not
 * say what was pushed, so that the repository is asked. `refused`: not authentic or not understood.
 */
export const DECISIONS = ["queued", "redelivery", "skipped", "held", "asked", "ignored", "refused"] as const;

export type Decision = (typeof DECISIONS)[number];

/** The wish of a push for a target. */
export interface Wanted {
  readonly revision: string;
  /** The revision that the ref pointed to before, when known. */
  readonly previous: string | undefined;
  readonly ref: Ref | undefined;
  readonly forced: boolean;
  readonly message: string;
  readonly triggeredBy: string;
  /** The person who says that locks and freeze windows do not count for it, and the reason. */
  readonly override?: { readonly by: string; readonly reason: string };
  /** For a rollback by hand: the deployment whose release it goes back to. */
  readonly returnsTo?: string;
  /** The options that a person asked for. */
  readonly options?: DeploymentOptions;
}

/** A deployment as the queue sees it. */
export interface QueueEntry {
  readonly id: string;
  readonly revision: string;
  readonly status: DeploymentStatus;
  /** The branch or tag that was pushed; undefined if a person named the revision. */
  readonly ref?: Ref | undefined;
  /** As the store holds them. */
  readonly options?: string;
  /** A person goes back by it. */
  readonly isRollback?: boolean;
  /** A push or a sweep wished for it, and nobody named the revision. */
  readonly isByItself?: boolean;
  /** It succeeded, and a person went back from its revision later. */
  readonly isTakenBack?: boolean;
  /** As the earlier deployment of a push: a sweep found the push, and no delivery of it had come. */
  readonly isFoundBySweep?: boolean;
}

/** Why a revision is not deployed again by itself, and what to do about it. */
export interface BadRevision {
  readonly reason: string;
  readonly hint: string;
}

/** The facts about one target at the moment of deciding. */
export interface Situation {
  readonly target: TargetKey;
  readonly running: QueueEntry | undefined;
  readonly waiting: QueueEntry | undefined;
  /** The revision that runs on the host; undefined before the first success. */
  readonly active: { readonly revision: string; readonly deploymentId: string } | undefined;
  /** Revisions that were rolled back, with the sentence that says why. */
  readonly badRevisions: ReadonlyMap<string, BadRevision>;
}

export interface Verdict {
  readonly decision: Decision;
  readonly reason: string;
  /** The deployment that takes care of it already. */
  readonly deployment?: string;
  /** Advice for a person. */
  readonly hint?: string;
}

/**
 * Whether a push becomes a deployment. Pure. `earlier` is the deployment that the first delivery of the same push led to, or a sweep that found the push
 * before. A delivery that comes after it repairs what failed and never doubles what succeeded, runs or waits.
 */
export function decide(wanted: Wanted, situation: Situation, earlier: QueueEntry | undefined): Verdict {
  return (
    takenCareOf(earlier) ??
    held(wanted, situation) ??
    onItsWay(wanted, situation) ??
    live(wanted, situation) ?? { decision: "queued", reason: queuedReason(wanted, situation) }
  );
}

/** The earlier deployment of the same push stands: nothing is done twice. */
function takenCareOf(earlier: QueueEntry | undefined): Verdict | undefined {
  if (earlier === undefined || !isTakenCareOf(earlier.status) || earlier.isTakenBack === true) return undefined;
  const before = earlier.isFoundBySweep === true ? "found by a sweep before" : "delivered before";
  return {
    decision: "redelivery",
    reason: `${before}: deployment ${earlier.id} ${PAST[earlier.status]}`,
    deployment: earlier.id,
  };
}

/** The revision did not hold, or a person went back from it. */
function held({ revision }: Wanted, { badRevisions, target }: Situation): Verdict | undefined {
  const bad = badRevisions.get(revision);
  if (bad === undefined) return undefined;
  return {
    decision: "held",
    reason: notByItself(revision, target, bad.reason),
    ...(bad.hint === "" ? {} : { hint: bad.hint }),
  };
}

/** The queue takes the target to this revision, or away from it. */
function onItsWay({ revision, ref }: Wanted, { waiting, running, active }: Situation): Verdict | undefined {
  // The revision that the target will run once its queue is empty: the newest wish decides whether this push adds anything.
  const newest = waiting ?? running;
  if (newest === undefined) return undefined;
  const deployment = newest.id;
  if (newest.isRollback === true && active?.revision === revision) {
    const reason = `${short(revision)} is just being rolled back by deployment ${deployment}`;
    return { decision: "held", reason, deployment };
  }
  if (newest.revision !== revision || !standsFor(newest, ref)) return undefined;
  return { decision: "redelivery", reason: `deployment ${deployment} already takes ${short(revision)}`, deployment };
}

/** Whether a deployment of the queue takes care of a push of the same revision to this ref. */
function standsFor({ status, options = "{}", ref: own }: QueueEntry, ref: Ref | undefined): boolean {
  // A deployment of only a part of the target, at a person's wish, does not take care of a push; neither does one that is being taken back.
  if (status === "rolling_back" || options !== "{}") return false;
  // Another ref is a push of its own: it may lead to the commit for longer than the one that was pushed first.
  return !isOtherRef(ref, own);
}

/** The target runs this revision, and its queue is empty. */
function live({ revision }: Wanted, { waiting, running, active }: Situation): Verdict | undefined {
  if (waiting !== undefined || running !== undefined || active?.revision !== revision) return undefined;
  return { decision: "skipped", reason: `${short(revision)} already runs`, deployment: active.deploymentId };
}

/** Why a revision that did not hold, or that a person went back from, is not deployed until a person asks for it. */
export function notByItself(revision: string, { fraise, environment }: TargetKey, because: string): string {
  return `${short(revision)} is not deployed again by itself: ${because}; "fraisier resume ${fraise} ${environment}" allows it again`;
}

function isOtherRef(wanted: Ref | undefined, newest: Ref | undefined): boolean {
  if (wanted === undefined || newest === undefined) return false;
  return wanted.kind !== newest.kind || wanted.name !== newest.name;
}

/** Statuses after which the same push, delivered again, asks for nothing new. */
function isTakenCareOf(status: DeploymentStatus): boolean {
  return status === "queued" || status === "running" || status === "rolling_back" || status === "succeeded";
}

const PAST: Readonly<Record<DeploymentStatus, string>> = {
  queued: "waits",
  running: "runs",
  rolling_back: "is being rolled back",
  succeeded: "succeeded",
  failed: "failed",
  rolled_back: "was rolled back",
  rollback_failed: "failed to roll back",
  superseded: "was superseded",
  skipped: "was skipped",
  cancelled: "was cancelled",
};

function queuedReason(wanted: Wanted, { running, waiting }: Situation): string {
  const what = wanted.ref === undefined ? short(wanted.revision) : `${wanted.ref.name} at ${short(wanted.revision)}`;
  if (waiting !== undefined) return `${what} replaces the waiting deployment ${waiting.id}`;
  if (running !== undefined) return `${what} waits for deployment ${running.id} to end`;
  return `${what} is wanted here`;
}

/** Seven digits, as git shows them. */
export function short(revision: string): string {
  return revision.slice(0, 7);
}

/** Why a sweep's wish is not taken: something was wished since the remote was asked. It is looked at again. */
export const SWEPT_TOO_LATE = "a push arrived while the repository was asked";

/** A push on its way into the store: verified and routed, not yet decided. */
export interface IncomingDelivery {
  readonly id: string;
  readonly receivedAt: string;
  readonly forge: string;
  readonly deliveryId: string | undefined;
  readonly eventName: string;
  readonly repository: string;
  readonly remoteAddress: string;
  /** JSON object, credentials already removed. */
  readonly headers: string;
  /** Undefined where it is not kept: refused deliveries. */
  readonly body: Uint8Array | undefined;
  readonly bodyBytes: number;
  /** Undefined if a redelivery is recognised by its id and not by its bytes. */
  readonly bodySha256: string | undefined;
  /** The claims of a refused delivery. They are not proven, so that `repository` stays empty then. */
  readonly claimedRepository?: string;
  readonly verified: boolean;
  /** The proof that it is authentic, and which of the configured secrets matched, from 1; undefined for a delivery that is never signed. */
  readonly proof?: {
    readonly kind: "signature" | "token";
    readonly secret: number;
    /** The key of fraises.yaml that names these secrets: `git.github`, `fraises.shop.webhook_secret`. */
    readonly key: string;
  };
  readonly httpStatus: number;
  /** Why it was refused; undefined if it was accepted. */
  readonly refusal?: string;
  readonly proposals: readonly Proposal[];
  /** For what a sweep found instead of a webhook: when the remote was asked. A wish made since then is newer. */
  readonly sweptAt?: string;
}

/** The result of routing one event: a wish for a target, or the reason why there is none. */
export type Proposal =
  | { readonly kind: "wish"; readonly target: PlacedTarget; readonly wanted: Wanted }
  | {
      readonly kind: "settled";
      readonly target: TargetKey | undefined;
      readonly decision: "ignored" | "skipped" | "asked";
      readonly reason: string;
      readonly ref: Ref | undefined;
      readonly revision: string;
    };

/** The record of a delivery, once it is durable. */
export interface RecordedDelivery {
  readonly id: string;
  readonly redeliveryOf: string | undefined;
  readonly decisions: readonly RecordedDecision[];
}

export interface RecordedDecision extends Verdict {
  readonly target: TargetKey | undefined;
}
