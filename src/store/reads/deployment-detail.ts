import type { Selectable } from "kysely";
import type { StoreContext } from "../store-context.ts";
import type { DeploymentPhaseTable, DeploymentStepTable, DeploymentTable } from "../tables.ts";

export interface DeploymentDetail {
  readonly deployment: Selectable<DeploymentTable>;
  /** In the order in which they happened. */
  readonly phases: readonly Selectable<DeploymentPhaseTable>[];
  readonly steps: readonly Selectable<DeploymentStepTable>[];
}

/** Everything about one deployment but its log; undefined when there is none. */
export async function deploymentDetail({ db }: StoreContext, id: string): Promise<DeploymentDetail | undefined> {
  const deployment = await db.selectFrom("tb_deployment").selectAll().where("id", "=", id).executeTakeFirst();
  if (deployment === undefined) return undefined;
  const phases = await db
    .selectFrom("tb_deployment_phase")
    .selectAll()
    .where("deployment_id", "=", id)
    .orderBy("sequence")
    .execute();
  const steps = await db.selectFrom("tb_deployment_step").selectAll().where("deployment_id", "=", id).execute();
  return { deployment, phases, steps: steps.toSorted((a, b) => a.sequence - b.sequence) };
}
