import type { TargetKey } from "../../domain/fraise.ts";
import { targetName } from "../../domain/fraise.ts";
import type { StoreContext } from "../store-context.ts";

/** How the deployments of one target ended in some days. */
export interface DeploymentCounts extends TargetKey {
  /** All that ended, whatever their status. */
  readonly deployments: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly rolledBack: number;
  readonly rollbackFailed: number;
  readonly superseded: number;
  readonly skipped: number;
  readonly cancelled: number;
  readonly lastFinishedAt: string;
  /** Each day (UTC) on which deployments succeeded or failed, oldest first. */
  readonly byDay: readonly DayCounts[];
}

interface DayCounts {
  readonly day: string;
  readonly succeeded: number;
  /** Whether they were taken back or not. */
  readonly failed: number;
}

/** How deployments ended since a day (`2026-11-21`, UTC, that day included), for each target that had any, by name. */
export async function deploymentCounts(
  { db }: StoreContext,
  since: string,
  { fraise, environment }: Partial<TargetKey> = {},
): Promise<readonly DeploymentCounts[]> {
  const days = await db.selectFrom("v_deployment_stats").selectAll().where("day", ">=", since).execute();
  const targets = new Map<string, DeploymentCounts>();
  const oldestFirst = days.toSorted((one, other) => (one.day < other.day ? -1 : 1));
  for (const { day, rolled_back, rollback_failed, last_finished_at, ...row } of oldestFirst) {
    const ofDay = { day, succeeded: row.succeeded, failed: row.failed + rolled_back + rollback_failed };
    const counts = {
      ...row,
      rolledBack: rolled_back,
      rollbackFailed: rollback_failed,
      lastFinishedAt: last_finished_at,
      byDay: ofDay.succeeded + ofDay.failed === 0 ? [] : [ofDay],
    };
    if (fraise !== undefined && counts.fraise !== fraise) continue;
    if (environment !== undefined && counts.environment !== environment) continue;
    const name = targetName(counts);
    targets.set(name, added(targets.get(name), counts));
  }
  return [...targets].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, counts]) => counts);
}

function added(sum: DeploymentCounts | undefined, counts: DeploymentCounts): DeploymentCounts {
  if (sum === undefined) return counts;
  return {
    ...sum,
    byDay: [...sum.byDay, ...counts.byDay],
    deployments: sum.deployments + counts.deployments,
    succeeded: sum.succeeded + counts.succeeded,
    failed: sum.failed + counts.failed,
    rolledBack: sum.rolledBack + counts.rolledBack,
    rollbackFailed: sum.rollbackFailed + counts.rollbackFailed,
    superseded: sum.superseded + counts.superseded,
    skipped: sum.skipped + counts.skipped,
    cancelled: sum.cancelled + counts.cancelled,
    lastFinishedAt: sum.lastFinishedAt > counts.lastFinishedAt ? sum.lastFinishedAt : counts.lastFinishedAt,
  };
}
