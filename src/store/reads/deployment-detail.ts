import type { Selectable } from "kysely";
import type { WaitReason } from "../../domain/wait-reason.ts";
import { readWaitReason } from "../rows.ts";
import type { StoreContext } from "../store-context.ts";
import type { DeploymentPhaseTable, DeploymentStepTable, DeploymentTable } from "../tables.ts";

export interface DeploymentDetail {
  readonly deployment: Omit<Selectable<DeploymentTable>, "waits_for">;
  /** The reason behind the sentence `held_because`. */
  readonly waitsFor: WaitReason | undefined;
  /** In the order in which they happened. */
  readonly phases: readonly Selectable<DeploymentPhaseTable>[];
  readonly steps: readonly Selectable<DeploymentStepTable>[];
}

/** Everything about one deployment but its log; undefined when there is none. */
export async function deploymentDetail({ db }: StoreContext, id: string): Promise<DeploymentDetail | undefined> {
  const row = await db.selectFrom("tb_deployment").selectAll().where("id", "=", id).executeTakeFirst();
  if (row === undefined) return undefined;
  const { waits_for: reason, ...deployment } = row;
  const phases = await db
    .selectFrom("tb_deployment_phase")
    .selectAll()
    .where("deployment_id", "=", id)
    .orderBy("sequence")
    .execute();
  const steps = await db.selectFrom("tb_deployment_step").selectAll().where("deployment_id", "=", id).execute();
  return {
    deployment,
    waitsFor: readWaitReason(reason),
    phases,
    steps: steps.toSorted((a, b) => a.sequence - b.sequence),
  };
}
