import { retryName } from "./retry.ts";
import { counted } from "./counted.ts";
import type { WaveWait } from "./wave-wait.ts";
import { waveSentence } from "./wave-wait.ts";

/** Why a deployment waits. Code decides by `kind` and by the data; only waitSentence() makes prose of it, and nothing reads that prose again. */
export type WaitReason = Gate | Turn;

/** Something stands in the way although the deployment's target is free: a person, time or the work of other hosts ends it. */
export type Gate =
  /** No runner could load fraises.yaml. */
  | { readonly kind: "configuration"; readonly problem: string }
  /** fraises.yaml was changed in a way that only a restart of the daemon brings into force. */
  | { readonly kind: "restart"; readonly change: string }
  /** A secret of the target is missing; `missing` is the place that names it, and what is wrong there. */
  | { readonly kind: "secret"; readonly missing: string }
  /** The last runner that was launched did not come to life. */
  | { readonly kind: "launch"; readonly failure: string }
  /** A person has this host start nothing more. */
  | { readonly kind: "drained"; readonly host: string; readonly by: string; readonly reason: string }
  /** A process works on the target by hand. */
  | { readonly kind: "process"; readonly work: string; readonly by: string }
  /** It is a retry whose time has not come. */
  | { readonly kind: "retry"; readonly retry: number; readonly limit: number; readonly at: string }
  /** The host on which its target lives is not known. `named` is the host that fraises.yaml names, empty if it names none; `known` are the hosts that there are. */
  | { readonly kind: "placement"; readonly target: string; readonly named: string; readonly known: readonly string[] }
  | { readonly kind: "lock"; readonly on: string; readonly by: string; readonly reason: string }
  /** `ends` is the end of the freeze window as the operator wrote it, with its time zone. */
  | { readonly kind: "freeze"; readonly window: string; readonly ends: string; readonly reason: string }
  /** Its wave in the rollout of its target has not come. */
  | { readonly kind: "wave"; readonly rollout: string; readonly for: WaveWait };

/** Other deployments come first: their ends end it. */
type Turn =
  /** Another deployment of the same target runs. */
  | { readonly kind: "target"; readonly deployment: string }
  /** A deployment of the target whose code this one runs is queued or runs. */
  | { readonly kind: "lender"; readonly deployment: string; readonly target: string }
  /** A deployment runs the code of this target, which would be switched under it. */
  | { readonly kind: "borrower"; readonly deployment: string; readonly target: string }
  /** As many deployments run as `deployment.concurrency` allows. */
  | { readonly kind: "place"; readonly concurrency: number };

const TURNS: readonly string[] = ["target", "lender", "borrower", "place"] satisfies readonly Turn["kind"][];

/** Pure. */
export function isGate(reason: WaitReason): reason is Gate {
  return !TURNS.includes(reason.kind);
}

/** The reason in words that follow "waits: ". Pure. */
export function waitSentence(reason: WaitReason): string {
  const say = SENTENCES[reason.kind] as (reason: WaitReason) => string;
  return say(reason);
}

const SENTENCES: { readonly [Kind in WaitReason["kind"]]: (reason: Extract<WaitReason, { kind: Kind }>) => string } = {
  configuration: ({ problem }) =>
    `the configuration cannot be loaded: ${problem}; correct it, and this goes on by itself`,
  restart: ({ change }) => change,
  secret: ({ missing }) => `a secret is missing: ${missing}; once it is set, this goes on by itself`,
  launch: ({ failure }) => `no runner could be started: ${failure}; it is tried again by itself`,
  drained: ({ host, by, reason }) => `${by} drained the host ${host}${because(reason)}`,
  process: ({ work, by }) => `${work}, by ${by}`,
  retry: ({ retry, limit, at }) => `${retryName(retry, limit)} is at ${at}`,
  placement: ({ target, named, known }) =>
    named === ""
      ? `fraises.yaml does not say on which of ${known.join(", ")} ${target} lives: set hosts: [${known[0] ?? "name"}] for it`
      : `fraises.yaml places ${target} on ${named}, and no daemon of that name has served this store yet: there are ${known.join(", ")}`,
  lock: ({ by, on, reason }) => `${by} locked ${on}${because(reason)}`,
  freeze: ({ window, reason }) => `frozen from ${window}${because(reason)}`,
  wave: ({ for: wait }) => waveSentence(wait),
  target: ({ deployment }) => `deployment ${deployment} of the same target runs`,
  lender: ({ deployment, target }) => `deployment ${deployment} of ${target} comes first`,
  borrower: ({ deployment, target }) => `deployment ${deployment} of ${target} runs this code just now`,
  place: ({ concurrency }) =>
    `${counted(concurrency, "deployment runs", "deployments run")} already, and deployment.concurrency allows no more at once`,
};

function because(reason: string): string {
  return reason === "" ? "" : `: ${reason}`;
}
