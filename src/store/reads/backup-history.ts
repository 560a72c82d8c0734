import type { BackupRun } from "../../domain/backup-run.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import type { StoreContext } from "../store-context.ts";
import { withoutNulls } from "../without-nulls.ts";

/** The backups of this target's database that this host has on record, newest first: the deleted and failed ones too. */
export async function backupHistory(
  { db, host }: StoreContext,
  { fraise, environment, job }: TargetKey,
  { limit, before }: { readonly limit: number; readonly before?: string },
): Promise<readonly BackupRun[]> {
  let query = db
    .selectFrom("tb_backup")
    .select([
      "id",
      "fraise",
      "environment",
      "job",
      "deployment_id as deployment",
      "revision",
      "engine",
      "path",
      "bytes",
    ])
    .select(["manifest_sha256 as manifestSha256", "status", "error", "started_at as startedAt"])
    .select(["finished_at as finishedAt", "created_by as createdBy"])
    .where((where) => where.and({ fraise, environment, job, host }))
    .orderBy("id", "desc")
    .limit(limit);
  if (before !== undefined) query = query.where("id", "<", before);
  return (await query.execute()).map((row) => withoutNulls(row));
}
