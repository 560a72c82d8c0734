import type { Selectable } from "kysely";
import type { StoreContext } from "../store-context.ts";
import type { DeploymentLogTable } from "../tables.ts";

/** The next lines of a deployment's log after `after` (0: from the start), oldest first. */
export async function deploymentOutput(
  { db }: StoreContext,
  id: string,
  after: number,
  limit: number,
): Promise<readonly Selectable<DeploymentLogTable>[]> {
  return await db
    .selectFrom("tb_deployment_log")
    .selectAll()
    .where("deployment_id", "=", id)
    .where("sequence", ">", after)
    .orderBy("sequence")
    .limit(limit)
    .execute();
}
