import type { DeploymentStatus, Outcome } from "./deployment.ts";

/** A number of hosts, or a share of all hosts of the target. */
export type HostCount = number | `${number}%`;

/** Stands in the order of a plan for all hosts that the order does not name. */
export const EVERY_OTHER_HOST = "*";

/** How a push reaches the hosts of its target. A rollout keeps the plan that it began with, as JSON. */
export interface RolloutPlan {
  /** Names of hosts, first come first; hosts that it does not name stand at `*`, by their names, and come last if it has no `*`. */
  readonly order: readonly string[];
  /** Hosts of one wave. A wave begins when the one before it has ended well. */
  readonly maxParallel: HostCount;
  /** So many hosts come before all others, in waves of their own; 0: the first wave is like every other one. */
  readonly canary: number;
  /** The hosts of a wave must stay healthy for so long before the next wave begins. */
  readonly bakeMs: number;
  /** After a failure no further host begins. With `roll_back` the hosts that succeeded are taken back, too. */
  readonly onFailure: "stop" | "roll_back";
  /** No further host begins while more hosts than these are silent or drained. */
  readonly maxUnavailable: HostCount;
  /** If a host is silent or drained when its turn comes: the others go on without it, they wait for it, or the rollout fails. */
  readonly absent: "skip" | "wait" | "fail";
  /** The rollout fails if it takes longer, counted from its first host; undefined: it may take any time. */
  readonly timeoutMs: number | undefined;
  /** The target has work that only its first host does (migrations, backups of its database, steps with `run_once`): that host is a wave by itself. */
  readonly isFirstAlone: boolean;
}

/** Whether the observer hears the daemon of a host, and whether that daemon may begin deployments. */
export type Presence = "present" | "silent" | "drained";

/** The newest deployment that a rollout made for one host: the deployment itself, or a retry of it. */
export interface RolloutMember {
  readonly host: string;
  readonly deployment: string;
  readonly status: DeploymentStatus;
  /** The number of its wave, from 0, recorded when it began; a retry keeps it. Undefined for a member that has not begun. */
  readonly wave: number | undefined;
  /** How long its host has been present and healthy since it succeeded, by the clock of the one observer. */
  readonly healthyMs: number;
  /** A check of its host found this after it had succeeded; undefined if nothing is wrong. */
  readonly illness: string | undefined;
  readonly presence: Presence;
  /** The deployment by which the rollout takes it back. */
  readonly rollback: { readonly deployment: string; readonly status: DeploymentStatus } | undefined;
}

/** The deployments of one push on all hosts of its target. */
export interface Rollout {
  readonly id: string;
  readonly plan: RolloutPlan;
  /** Each host of the target has one, and their order says nothing. */
  readonly members: readonly RolloutMember[];
  /** How long ago its first member began, by the clock of the one observer. */
  readonly runsForMs: number;
  /** A newer rollout of the same target, which takes its place. */
  readonly replacedBy: string | undefined;
  /** An older rollout of the same target, whose current wave still runs on these hosts. */
  readonly older: { readonly id: string; readonly hosts: readonly string[] } | undefined;
  /** The first trouble that was recorded: it stays although its host may be well again. */
  readonly trouble: RolloutTrouble | undefined;
  /** How it ended; undefined before that. A host that was absent may begin afterwards. */
  readonly outcome: Outcome | undefined;
}

/** Why a rollout does not go on to further hosts. */
export type RolloutTrouble =
  | { readonly kind: "deployment"; readonly host: string; readonly deployment: string; readonly status: Outcome }
  | { readonly kind: "illness"; readonly host: string; readonly deployment: string; readonly found: string }
  | { readonly kind: "absence"; readonly host: string; readonly presence: Exclude<Presence, "present"> }
  | { readonly kind: "timeout"; readonly limitMs: number };

/** The end of a rollout. */
export interface RolloutEnd {
  readonly outcome: Outcome;
  readonly trouble: RolloutTrouble | undefined;
  /** Hosts that did not get the revision, or could not be taken back. */
  readonly leftOut: readonly string[];
}
