import type { MigrationStatus } from "../../domain/migration-run.ts";
import type { StoreContext } from "../store-context.ts";

export interface MigrationOutcome {
  readonly status: Exclude<MigrationStatus, "marked">;
  readonly error?: string;
  readonly durationMs?: number;
}

/** Writes down what became of an attempt at a migration. */
export async function settleMigration({ db }: StoreContext, id: string, outcome: MigrationOutcome): Promise<void> {
  const { status, error, durationMs } = outcome;
  await db
    .updateTable("tb_migration_history")
    .set({
      status,
      ...(status === "success" ? { applied_at: new Date().toISOString() } : {}),
      ...(error === undefined ? {} : { error }),
      ...(durationMs === undefined ? {} : { execution_time_ms: Math.round(durationMs) }),
    })
    .where("id", "=", id)
    .execute();
}
