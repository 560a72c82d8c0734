import type { TargetKey } from "../../domain/fraise.ts";
import type { StoreContext } from "../store-context.ts";

/** How many deliveries of a forge ended with a decision. */
interface DeliveryTally {
  readonly forge: string;
  readonly decision: string;
  readonly count: number;
}

/** How many deployments of a target ended with a status. */
interface DeploymentTally extends TargetKey {
  readonly status: string;
  readonly count: number;
}

/** How many waits, deployments or phases took between two bounds. */
interface DurationTally {
  readonly measured: "wait" | "deployment" | "phase";
  /** The phase, or the status that deployments ended with; empty for waits. */
  readonly name: string;
  /** The first bound that is not below these durations; Number.MAX_SAFE_INTEGER if they are above every bound. */
  readonly boundMs: number;
  readonly count: number;
  readonly totalMs: number;
}

/** Counts that only grow, and that no forgetting of old records lowers. */
export interface Tallies {
  readonly deliveries: readonly DeliveryTally[];
  readonly deployments: readonly DeploymentTally[];
  readonly durations: readonly DurationTally[];
}

/** As many rows as there are forges, targets, phases and bounds, however long the history. */
export async function tallies({ db }: StoreContext): Promise<Tallies> {
  const durations = await db.selectFrom("tb_duration_tally").selectAll().execute();
  return {
    deliveries: await db.selectFrom("tb_delivery_tally").selectAll().execute(),
    deployments: await db.selectFrom("tb_deployment_tally").selectAll().execute(),
    durations: durations.map(({ bound_ms: boundMs, total_ms: totalMs, ...rest }) => ({ ...rest, boundMs, totalMs })),
  };
}
