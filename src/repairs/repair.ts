import type { Config, Target } from "../config/config.ts";
import type { TargetKey } from "../domain/fraise.ts";
import type { Host } from "../host/host.ts";
import type { RunningDeployment } from "../store/reads/queue-state.ts";
import type { Store } from "../store/store.ts";

/** Everything that is looked at. */
export interface Scene {
  readonly host: Host;
  readonly store: Store;
  readonly config: Pick<Config, "deployment">;
  /** The targets to look at. */
  readonly targets: readonly Target[];
  /** Whether what belongs to no target, or to one that left fraises.yaml, is looked at too: no target was named. */
  readonly isWhole: boolean;
  /** The file of the store; undefined for a store that is no file. */
  readonly storeFile: string | undefined;
  /** Whether a daemon of this machine works with the store. It takes up what died by itself. */
  readonly isServed: boolean;
  /** Whether looks that take long are made: every object of a mirror. */
  readonly isThorough: boolean;
  /** Names of the targets on which a deployment runs or is to be taken up: nothing of theirs is touched. */
  readonly busy: ReadonlySet<string>;
}

/** The actions that mending may need beside the scene. */
interface Hands {
  /** Brings a deployment whose runner is dead to its end, as a daemon would. Gives a sentence that says how it ended. */
  takeUp(deployment: RunningDeployment): Promise<string>;
}

/** A broken thing, as people are shown it. */
export interface Damage {
  /** The thing: a path, a process, a deployment. Names it together with the kind. */
  readonly where: string;
  /** The fault of the thing. */
  readonly what: string;
  /** How it is known that nothing which lives needs it; or why fraisier cannot know. */
  readonly why: string;
  /** The targets that must not be deployed to while it is mended. */
  readonly targets: readonly TargetKey[];
  readonly remedy: Mending | ByHand;
}

/** The remedy that fraisier has for it. */
export interface Mending {
  /** The remedy, as a sentence without a subject: `removes the file`. */
  readonly does: string;
  /** Can be killed at any moment and be done again. Gives a sentence that says what it did; throws if it could not. */
  mend(hands: Hands): Promise<string>;
}

/** fraisier may not judge it, or may not touch it: what a person does. */
export interface ByHand {
  readonly byHand: string;
}

/** A file of this folder: knows one kind of thing that is left broken. */
export interface Repair {
  readonly kind: string;
  /** Changes nothing. */
  find(scene: Scene): Promise<readonly Damage[]>;
}

export function isMending(remedy: Mending | ByHand): remedy is Mending {
  return "mend" in remedy;
}
