import type { TargetKey } from "../../domain/fraise.ts";
import type { MigrationRun } from "../../domain/migration-run.ts";
import { migrationRunOf } from "../migration-run-of.ts";
import type { StoreContext } from "../store-context.ts";

/** The last thing that fraisier did with each migration of this target's database. */
export async function migrationStatus(
  { db }: StoreContext,
  { fraise, environment, job }: TargetKey,
): Promise<readonly MigrationRun[]> {
  const rows = await db
    .selectFrom("v_migration_status")
    .selectAll()
    .where((where) => where.and({ fraise, environment, job }))
    .orderBy("id")
    .execute();
  return rows.map(migrationRunOf);
}
