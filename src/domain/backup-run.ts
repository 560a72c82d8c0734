import type { TargetKey } from "./fraise.ts";

export type BackupStatus = "running" | "complete" | "failed" | "deleted";

/** The making of a backup of a target's database, and what became of it. */
export interface BackupRun extends TargetKey {
  readonly id: string;
  /** The deployment it was made before; undefined for one by hand. */
  readonly deployment: string | undefined;
  /** The revision that ran on this database then; empty if none did. */
  readonly revision: string;
  readonly engine: string;
  /** Its folder. */
  readonly path: string;
  /** The size of the folder's files together; undefined until it is complete. */
  readonly bytes: number | undefined;
  /** Empty until it is complete. */
  readonly manifestSha256: string;
  readonly status: BackupStatus;
  readonly error: string;
  readonly startedAt: string;
  readonly finishedAt: string | undefined;
  readonly createdBy: string;
}
