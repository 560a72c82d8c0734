import type { TargetKey } from "./fraise.ts";

/** A rollback: a deployment that a person asked for, or the taking back of one that failed. */
export interface RollbackRun extends TargetKey {
  readonly id: string;
  readonly deployment: string;
  readonly fromRevision: string;
  /** Undefined if nothing ran before. */
  readonly toRevision: string | undefined;
  readonly isAutomatic: boolean;
  readonly requestedBy: string;
  readonly reason: string;
  readonly status: "running" | "succeeded" | "failed";
  readonly startedAt: string;
  readonly finishedAt: string | undefined;
}
