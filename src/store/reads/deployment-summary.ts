import { toSummary } from "../deployment-record.ts";
import type { DeploymentSummary } from "../deployment-record.ts";
import type { StoreContext } from "../store-context.ts";

/** A deployment as lists have it. */
export async function deploymentSummary({ db }: StoreContext, id: string): Promise<DeploymentSummary | undefined> {
  const row = await db.selectFrom("v_deployment_history").selectAll().where("id", "=", id).executeTakeFirst();
  return row === undefined ? undefined : toSummary(row);
}
