import type { Selectable } from "kysely";
import type { TargetKey } from "../../domain/fraise.ts";
import { targetName } from "../../domain/fraise.ts";
import type { StoreContext } from "../store-context.ts";
import type { DeploymentStatsView } from "../tables.ts";

/** How the deployments of one target ended in some days. */
export type DeploymentCounts = Omit<Selectable<DeploymentStatsView>, "day">;

/** How deployments ended since a day (`2026-11-21`, UTC, that day included), for each target that had any, by name. */
export async function deploymentCounts(
  { db }: StoreContext,
  since: string,
  { fraise, environment }: Partial<TargetKey> = {},
): Promise<readonly DeploymentCounts[]> {
  const days = await db.selectFrom("v_deployment_stats").selectAll().where("day", ">=", since).execute();
  const targets = new Map<string, DeploymentCounts>();
  for (const { day: _, ...counts } of days) {
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
    deployments: sum.deployments + counts.deployments,
    succeeded: sum.succeeded + counts.succeeded,
    failed: sum.failed + counts.failed,
    rolled_back: sum.rolled_back + counts.rolled_back,
    rollback_failed: sum.rollback_failed + counts.rollback_failed,
    superseded: sum.superseded + counts.superseded,
    skipped: sum.skipped + counts.skipped,
    cancelled: sum.cancelled + counts.cancelled,
    last_finished_at: sum.last_finished_at > counts.last_finished_at ? sum.last_finished_at : counts.last_finished_at,
  };
}
