import type { RollbackRun } from "../../domain/rollback-run.ts";
import type { StoreContext } from "../store-context.ts";

/** The rollbacks of one deployment: the one it is, where a person asked for it, and the one that took it back. */
export async function rollbacksOf({ db }: StoreContext, deployment: string): Promise<readonly RollbackRun[]> {
  const rows = await db.selectFrom("tb_rollback").selectAll().where("deployment_id", "=", deployment).execute();
  return rows.map((row) => ({
    id: row.id,
    fraise: row.fraise,
    environment: row.environment,
    job: row.job,
    deployment: row.deployment_id,
    fromRevision: row.from_revision,
    toRevision: row.to_revision ?? undefined,
    isAutomatic: row.automatic === 1,
    requestedBy: row.requested_by,
    reason: row.reason,
    status: row.status,
    startedAt: row.started_at,
    finishedAt: row.finished_at ?? undefined,
  }));
}
