import type { DeploymentStatus } from "./deployment.ts";
import type { TargetKey } from "./fraise.ts";
import type { Phase } from "./phase.ts";

export type ChangeKind = "deployment" | "target" | "delivery";

/** Something that changed in the record. Its target may have `*` for all of them, and is empty for a delivery. */
export interface Change extends TargetKey {
  /** Counts up without gaps, in the order of the commits. */
  readonly sequence: number;
  /** ISO-8601. */
  readonly at: string;
  readonly kind: ChangeKind;
  /** The deployment or the delivery; `""` for a target. */
  readonly subject: string;
  /** The status of a deployment after the change, and its phase and progress. */
  readonly status: DeploymentStatus | undefined;
  readonly phase: Phase | undefined;
  readonly progress: number | undefined;
}
