import type { TargetColumns } from "./target-tables.ts";

export interface TallyTables {
  tb_delivery_tally: DeliveryTallyTable;
  tb_deployment_tally: DeploymentTallyTable;
  tb_duration_tally: DurationTallyTable;
  v_deployment_stats: DeploymentStatsView;
}

/** Triggers write the three tallies. They only grow, also when the rows that they count are forgotten. */
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

/** Deployments of one target that ended on one day. */
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
