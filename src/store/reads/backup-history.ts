import type { BackupRun } from "../../domain/backup-run.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import type { StoreContext } from "../store-context.ts";

/** The backups of this target's database on record, newest first: the deleted and failed ones too. */
export async function backupHistory(
  { db }: StoreContext,
  { fraise, environment, job }: TargetKey,
  { limit, before }: { readonly limit: number; readonly before?: string },
): Promise<readonly BackupRun[]> {
  let query = db
    .selectFrom("tb_backup")
    .selectAll()
    .where((where) => where.and({ fraise, environment, job }))
    .orderBy("id", "desc")
    .limit(limit);
  if (before !== undefined) query = query.where("id", "<", before);
  return (await query.execute()).map((row) => {
    const { deployment_id, bytes, manifest_sha256, started_at, finished_at, created_by, ...run } = row;
    return {
      ...run,
      deployment: deployment_id ?? undefined,
      bytes: bytes ?? undefined,
      manifestSha256: manifest_sha256,
      startedAt: started_at,
      finishedAt: finished_at ?? undefined,
      createdBy: created_by,
    };
  });
}
