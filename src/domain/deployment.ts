import type { DeploymentOptions } from "./deployment-options.ts";
import type { Ref } from "./event.ts";
import type { TargetKey } from "./fraise.ts";
import type { Phase } from "./phase.ts";

/** The whole life of a deployment. The store enforces it: every write says which status it leaves. */
export const NEXT_STATUSES = {
  /** It waits for its turn. A target has at most one such deployment. */
  queued: ["running", "superseded", "cancelled"],
  /** A runner takes it through its steps. A target has at most one such deployment. */
  running: ["succeeded", "failed", "skipped", "rolling_back", "cancelled"],
  /** It failed after it had changed the host: its steps are taken back, last first. */
  rolling_back: ["rolled_back", "rollback_failed"],
  /** Its revision is live. */
  succeeded: [],
  /** It failed, and nothing was taken back: nothing had changed, or `rollback.automatic` is off, or component groups that work stay. */
  failed: [],
  /** It failed or was cancelled, and what it had changed was taken back. */
  rolled_back: [],
  /** It failed, and going back failed too: a person must look. */
  rollback_failed: [],
  /** A newer push took its place in the queue. */
  superseded: [],
  /** Its runner found that it was not needed, or that a newer push is to go live instead. */
  skipped: [],
  /** A person ended it before it changed what runs. */
  cancelled: [],
} as const satisfies Record<string, readonly string[]>;

export type DeploymentStatus = keyof typeof NEXT_STATUSES;

/** Statuses from which nothing follows. */
export type Outcome = Exclude<DeploymentStatus, "queued" | "running" | "rolling_back">;

export function isOutcome(status: DeploymentStatus): status is Outcome {
  return NEXT_STATUSES[status].length === 0;
}

/** Every status that a deployment can end with. */
export const OUTCOMES: readonly Outcome[] = (Object.keys(NEXT_STATUSES) as DeploymentStatus[]).filter(isOutcome);

/** Stands in the phases of a deployment whose runner was stopped in order and gave it back. */
export const STOPPED = "stopped";

/** Why a deployment exists. */
export type Trigger = "delivery" | "person" | "schedule" | "rollback" | "sweep";

/** No person named the revision: if it is not worth deploying, that is no failure. */
export function isByItself({ trigger }: Pick<Deployment, "trigger">): boolean {
  return trigger === "delivery" || trigger === "sweep";
}

/** An attempt to make a revision live on a target. */
export interface Deployment extends TargetKey {
  readonly id: string;
  readonly trigger: Trigger;
  /** The person or program that asked, for people: a pusher's name, `root@host`. */
  readonly triggeredBy: string;
  /** The wanted revision; for tags possibly the tag object until `pulling_source` has peeled it. */
  readonly revision: string;
  /** The ref that the revision came from; undefined for a revision named by hand. */
  readonly ref: Ref | undefined;
  readonly forced: boolean;
  readonly message: string;
  readonly options: DeploymentOptions;
  readonly status: DeploymentStatus;
  readonly phase: Phase;
  /** 0–100, never falling. */
  readonly progress: number;
  /** Why it ended so, in a sentence; `""` while it runs and when all went well. */
  readonly reason: string;
  /** The deployment that took its place in the queue. */
  readonly supersededBy: string | undefined;
  /** How often a runner has taken it up: above 1 after a crash. */
  readonly attempt: number;
  /** This time and every other one is ISO-8601 text in UTC. */
  readonly queuedAt: string;
  readonly startedAt: string | undefined;
  readonly finishedAt: string | undefined;
}

export type StepStatus = "started" | "finished" | "failed" | "undoing" | "undone" | "undo_failed";
