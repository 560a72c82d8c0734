import type { TargetKey } from "../../domain/fraise.ts";
import type { MigrationRun } from "../../domain/migration-run.ts";
import { migrationRunOf } from "../migration-run-of.ts";
import type { StoreContext } from "../store-context.ts";

/** Every attempt at a migration of this target's database, newest first. */
export async function migrationHistory(
  { db }: StoreContext,
  { fraise, environment, job }: TargetKey,
  { limit, before }: { readonly limit: number; readonly before?: string },
): Promise<readonly MigrationRun[]> {
  let query = db
    .selectFrom("tb_migration_history")
    .selectAll()
    .where((where) => where.and({ fraise, environment, job }))
    .orderBy("id", "desc")
    .limit(limit);
  if (before !== undefined) query = query.where("id", "<", before);
  return (await query.execute()).map(migrationRunOf);
}
