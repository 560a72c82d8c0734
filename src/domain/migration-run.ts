import type { TargetKey } from "./fraise.ts";

/** `marked`: on record as applied, and nothing was run. */
export type MigrationStatus = "applying" | "success" | "failed" | "rolling_back" | "rolled_back" | "marked";

/** An attempt at a migration of a target's database. */
export interface MigrationRun extends TargetKey {
  readonly id: string;
  /** The tool's name for it. */
  readonly migration: string;
  readonly tool: string;
  /** Below the release; empty if the migration is no file of its own. */
  readonly file: string;
  readonly sha256: string;
  /** Undefined for one by hand. */
  readonly deployment: string | undefined;
  readonly status: MigrationStatus;
  readonly startedAt: string;
  readonly appliedAt: string | undefined;
  readonly appliedBy: string;
  readonly executionTimeMs: number | undefined;
  readonly error: string;
}
