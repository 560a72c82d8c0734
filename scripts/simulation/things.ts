import type { Lock } from "../../src/domain/lock.ts";
import type { DeploymentStatus, Outcome } from "../../src/domain/deployment.ts";
import type { TargetKey } from "../../src/domain/fraise.ts";
import type { RolloutPlan, RolloutTrouble } from "../../src/domain/rollout.ts";

/** How a revision behaves on every host. The machine knows it; fraisier finds out. */
export type Nature =
  | "good"
  /** Its deployment fails and is taken back. */
  | "breaks"
  /** Its deployment succeeds, and a check finds it ill a minute later. */
  | "falls ill"
  /** Something that may pass goes wrong the first time. */
  | "stumbles";

/** A push of a person: its number is its revision, and later pushes of a target have greater numbers. */
export interface Push {
  readonly number: number;
  readonly target: Target;
  readonly nature: Nature;
  /** What was told about it, at the latest when everything is at rest. */
  decision: string | undefined;
  /** The rollout that takes care of it. */
  rollout: RolloutRow | undefined;
  isAnswered: boolean;
}

export interface Target {
  readonly key: TargetKey;
  readonly name: string;
  /** Numbers of its hosts. */
  readonly hosts: readonly number[];
  readonly plan: RolloutPlan;
  /** Rollouts that have not ended, oldest first. */
  readonly open: RolloutRow[];
  readonly bad: Set<number>;
  readonly pushes: Push[];
  lock: Lock | undefined;
}

export interface RolloutRow {
  readonly id: string;
  readonly target: Target;
  readonly push: Push;
  /** The newest deployment of each host, by the host's number. */
  readonly members: Map<number, DeploymentRow>;
  readonly byId: Map<string, DeploymentRow>;
  /** How many hosts have begun in each wave. */
  readonly begunWaves: Map<number, number>;
  /** Counts its changes. */
  version: number;
  /** The deployments that may begin if every host stays healthy, found when somebody asks; undefined after a change. */
  next: ReadonlySet<string> | undefined;
  /** A newer push whose rollout it has replaced, as it came late. */
  readonly replacesNewer: Push | undefined;
  beganAt: number | undefined;
  replacedBy: RolloutRow | undefined;
  trouble: RolloutTrouble | undefined;
  outcome: Outcome | undefined;
  leftOut: readonly string[];
}

export interface DeploymentRow {
  readonly id: string;
  readonly host: number;
  readonly rollout: RolloutRow;
  readonly revision: number;
  readonly isRollback: boolean;
  readonly retry: number;
  status: DeploymentStatus;
  wave: number | undefined;
  illness: string | undefined;
  rollback: DeploymentRow | undefined;
  /** What its host ran before it succeeded. */
  previous: number | undefined;
  /** Its runner has begun to change what runs. */
  isActivated: boolean;
  /** By the true time, which no part of fraisier is told. */
  endedAt: number | undefined;
}

/** A target on one host, in the store. */
export interface Placement {
  running: DeploymentRow | undefined;
  queued: DeploymentRow | undefined;
  /** What the store says that it runs. */
  revision: number | undefined;
}

/** Something that must never be true. */
export class Violation extends Error {}
