import type { Selectable } from "kysely";
import type { MigrationRun } from "../domain/migration-run.ts";
import type { MigrationHistoryTable } from "./tables/database-tables.ts";

/** An attempt at a migration out of its row. */
export function migrationRunOf(row: Selectable<MigrationHistoryTable>): MigrationRun {
  const { deployment_id, started_at, applied_at, applied_by, execution_time_ms, ...run } = row;
  return {
    ...run,
    deployment: deployment_id ?? undefined,
    startedAt: started_at,
    appliedAt: applied_at ?? undefined,
    appliedBy: applied_by,
    executionTimeMs: execution_time_ms ?? undefined,
  };
}
