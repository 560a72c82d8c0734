import type { Selectable } from "kysely";
import type { TargetKey } from "../../domain/fraise.ts";
import type { StoreContext } from "../store-context.ts";
import type { BackupTable } from "../tables.ts";

/** The backups of this target's database on record, newest first: the deleted and failed ones too. */
export async function backupHistory(
  { db }: StoreContext,
  { fraise, environment, job }: TargetKey,
  { limit, before }: { readonly limit: number; readonly before?: string },
): Promise<readonly Selectable<BackupTable>[]> {
  let query = db
    .selectFrom("tb_backup")
    .selectAll()
    .where((where) => where.and({ fraise, environment, job }))
    .orderBy("id", "desc")
    .limit(limit);
  if (before !== undefined) query = query.where("id", "<", before);
  return await query.execute();
}
