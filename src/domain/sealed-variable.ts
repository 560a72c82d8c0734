import type { TargetKey } from "./fraise.ts";

/** A variable of a target; of all jobs of an environment if its job is empty. */
export interface SealedVariable extends TargetKey {
  readonly name: string;
  /** Sealed for the target and the name: only the key opens it. */
  readonly value: Uint8Array;
  readonly updatedAt: string;
  readonly updatedBy: string;
}
