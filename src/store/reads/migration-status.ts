import type { Selectable } from "kysely";
import type { TargetKey } from "../../domain/fraise.ts";
import type { StoreContext } from "../store-context.ts";
import type { MigrationHistoryTable } from "../tables.ts";

/** The last thing that fraisier did with each migration of this target's database. */
export async function migrationStatus(
  { db }: StoreContext,
  { fraise, environment, job }: TargetKey,
): Promise<readonly Selectable<MigrationHistoryTable>[]> {
  return await db
    .selectFrom("v_migration_status")
    .selectAll()
    .where((where) => where.and({ fraise, environment, job }))
    .orderBy("id")
    .execute();
}
