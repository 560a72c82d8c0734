import type { TargetColumns } from "./target-tables.ts";

export interface TallyTables {
  /** Deliveries by their decision. Triggers write the tallies, which only grow, also when the rows that they count are forgotten. */
  tb_delivery_tally: DeliveryTallyTable;
  /** Deployments that ended, by target and status. */
  tb_deployment_tally: DeploymentTallyTable;
  /** How long waits, deployments and phases took, by bounds. */
  tb_duration_tally: DurationTallyTable;
  /** How the deployments of a target ended, by day. */
  v_deployment_stats: DeploymentStatsView;
}

interface DeliveryTallyTable {
  forge: string;
  /** The decision of the whole delivery. */
  decision: string;
  count: number;
}

interface DeploymentTallyTable extends TargetColumns {
  /** The status that deployments ended with. */
  status: string;
  count: number;
}

interface DurationTallyTable {
  measured: "wait" | "deployment" | "phase";
  /** The phase, or the status that deployments ended with; "" for waits. */
  name: string;
  /** The first bound that is not below these durations; Number.MAX_SAFE_INTEGER if they are above every bound. */
  bound_ms: number;
  count: number;
  total_ms: number;
}

interface DeploymentStatsView extends TargetColumns {
  /** `2026-11-21`, in UTC. */
  day: string;
  /** All that ended, whatever their status. */
  deployments: number;
  succeeded: number;
  failed: number;
  rolled_back: number;
  rollback_failed: number;
  superseded: number;
  skipped: number;
  cancelled: number;
  last_finished_at: string;
}
