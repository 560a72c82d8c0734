import type { RolloutEnd, RolloutMember, RolloutPlan, RolloutTrouble } from "../domain/rollout.ts";
import type { WaveWait } from "../domain/wave-wait.ts";

/** The things that are due in one rollout. */
export interface WavesDecision {
  readonly begins: readonly Begin[];
  /** The other queued deployments, by their ids, and their reasons to wait. */
  readonly waits: ReadonlyMap<string, WaveWait>;
  /** Queued deployments that come to nothing, as the rollout does not go on. */
  readonly ends: readonly string[];
  /** Members whose hosts go back to what they ran before. */
  readonly takesBack: readonly RolloutMember[];
  /** Why the rollout does not go on; it is to be recorded. */
  readonly trouble: RolloutTrouble | undefined;
  /** The rollout ends so; undefined while there is something left to do or to wait for. */
  readonly end: RolloutEnd | undefined;
}

/** A deployment that may begin now. */
export interface Begin {
  readonly deployment: string;
  /** The number of its wave, which is recorded with it. */
  readonly wave: number;
  /** It does the work that only one host does: migrations, backups of the database and steps with `run_once`. */
  readonly isFirst: boolean;
}

/** Pure. */
export function begin({ deployment, wave: own }: RolloutMember, wave: number, plan: RolloutPlan): Begin {
  // A retry stays in the wave in which it failed.
  const of = own ?? wave;
  return { deployment, wave: of, isFirst: plan.isFirstAlone && of === 0 };
}
