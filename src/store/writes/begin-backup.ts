import type { TargetKey } from "../../domain/fraise.ts";
import type { StoreContext } from "../store-context.ts";

export interface BackupAttempt {
  readonly id: string;
  readonly deployment: string | undefined;
  readonly revision: string;
  readonly engine: string;
  readonly path: string;
  readonly by: string;
}

/** Writes down that a backup is being made, or made again by who took over from a runner that died. */
export async function beginBackup(
  { db, host }: StoreContext,
  { fraise, environment, job }: TargetKey,
  { id, deployment, by, ...rest }: BackupAttempt,
): Promise<void> {
  const begun = {
    ...rest,
    status: "running" as const,
    started_at: new Date().toISOString(),
    finished_at: null,
    error: "",
    bytes: null,
    manifest_sha256: "",
  };
  await db
    .insertInto("tb_backup")
    .values({ id, fraise, environment, job, host, deployment_id: deployment ?? null, created_by: by, ...begun })
    .onConflict((conflict) => conflict.column("id").doUpdateSet(begun))
    .execute();
}
