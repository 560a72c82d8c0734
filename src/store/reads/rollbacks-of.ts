import type { RollbackRun } from "../../domain/rollback-run.ts";
import type { StoreContext } from "../store-context.ts";
import { withoutNulls } from "../without-nulls.ts";

/** The rollbacks of one deployment: the one it is, where a person asked for it, and the one that took it back. */
export async function rollbacksOf({ db }: StoreContext, deployment: string): Promise<readonly RollbackRun[]> {
  const rows = await db
    .selectFrom("tb_rollback")
    .select(["id", "fraise", "environment", "job", "deployment_id as deployment", "automatic", "reason", "status"])
    .select(["from_revision as fromRevision", "to_revision as toRevision", "requested_by as requestedBy"])
    .select(["started_at as startedAt", "finished_at as finishedAt"])
    .where("deployment_id", "=", deployment)
    .execute();
  return rows.map(({ automatic, ...row }) => ({ ...withoutNulls(row), isAutomatic: automatic === 1 }));
}
