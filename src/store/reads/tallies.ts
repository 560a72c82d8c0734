import type { Selectable } from "kysely";
import type { StoreContext } from "../store-context.ts";
import type { DeliveryTallyTable, DeploymentTallyTable, DurationTallyTable } from "../tables.ts";

/** Counts that only grow, and that no forgetting of old records lowers. */
export interface Tallies {
  readonly deliveries: readonly Selectable<DeliveryTallyTable>[];
  readonly deployments: readonly Selectable<DeploymentTallyTable>[];
  readonly durations: readonly Selectable<DurationTallyTable>[];
}

/** As many rows as there are forges, targets, phases and bounds, however long the history. */
export async function tallies({ db }: StoreContext): Promise<Tallies> {
  return {
    deliveries: await db.selectFrom("tb_delivery_tally").selectAll().execute(),
    deployments: await db.selectFrom("tb_deployment_tally").selectAll().execute(),
    durations: await db.selectFrom("tb_duration_tally").selectAll().execute(),
  };
}
