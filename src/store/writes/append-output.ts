import type { StoreContext } from "../store-context.ts";
import type { DeploymentLogTable } from "../tables.ts";

/** Adds lines to a deployment's log, in the order given; the caller numbers them. */
export async function appendOutput({ db }: StoreContext, lines: readonly DeploymentLogTable[]): Promise<void> {
  if (lines.length === 0) return;
  await db
    .insertInto("tb_deployment_log")
    .values([...lines])
    .onConflict((conflict) => conflict.columns(["deployment_id", "sequence"]).doNothing())
    .execute();
}
