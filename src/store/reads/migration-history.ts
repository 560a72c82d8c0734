import type { Selectable } from "kysely";
import type { TargetKey } from "../../domain/fraise.ts";
import type { StoreContext } from "../store-context.ts";
import type { MigrationHistoryTable } from "../tables.ts";

/** Every attempt at a migration of this target's database, newest first. */
export async function migrationHistory(
  { db }: StoreContext,
  { fraise, environment, job }: TargetKey,
  { limit, before }: { readonly limit: number; readonly before?: string },
): Promise<readonly Selectable<MigrationHistoryTable>[]> {
  let query = db
    .selectFrom("tb_migration_history")
    .selectAll()
    .where((where) => where.and({ fraise, environment, job }))
    .orderBy("id", "desc")
    .limit(limit);
  if (before !== undefined) query = query.where("id", "<", before);
  return await query.execute();
}
