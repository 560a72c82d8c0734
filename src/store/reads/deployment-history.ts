import type { DeploymentStatus } from "../../domain/deployment.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import { idBefore } from "../../domain/id.ts";
import type { StoreContext } from "../store-context.ts";
import { toSummary } from "../deployment-record.ts";
import type { DeploymentSummary } from "../deployment-record.ts";

export interface HistoryFilter extends Partial<TargetKey> {
  readonly status?: DeploymentStatus;
  /** Only deployments older than this one: the next page. */
  readonly before?: string;
  /** Only deployments that were queued at this time or later. */
  readonly since?: Date;
  readonly limit: number;
}

/** Deployments, newest first. */
export async function deploymentHistory(
  context: StoreContext,
  filter: HistoryFilter,
): Promise<readonly DeploymentSummary[]> {
  const { fraise, environment, job } = filter;
  if (fraise === undefined && environment === undefined && job === undefined) return await page(context, filter);
  // The newest of each target come from an index as they are; the newest of "all targets of a fraise" would have to be sorted first.
  const rows: DeploymentSummary[] = [];
  for (const target of await matchingTargets(context, filter))
    rows.push(...(await page(context, { ...filter, ...target })));
  return rows.toSorted((a, b) => (a.id < b.id ? 1 : -1)).slice(0, filter.limit);
}

async function page({ db }: StoreContext, filter: HistoryFilter): Promise<readonly DeploymentSummary[]> {
  let query = db.selectFrom("v_deployment_history").selectAll().orderBy("id", "desc").limit(filter.limit);
  const { fraise, environment, job } = filter;
  if (fraise !== undefined && environment !== undefined && job !== undefined) {
    query = query.where((where) => where.and({ fraise, environment, job }));
  }
  if (filter.status !== undefined) query = query.where("status", "=", filter.status);
  if (filter.before !== undefined) query = query.where("id", "<", filter.before);
  // Ids sort by their time, so that the index of the page ends it, too.
  if (filter.since !== undefined) query = query.where("id", ">=", idBefore(filter.since));
  return (await query.execute()).map(toSummary);
}

async function matchingTargets(
  { db }: StoreContext,
  { fraise, environment, job }: HistoryFilter,
): Promise<readonly TargetKey[]> {
  let query = db.selectFrom("tb_fraise_state").select(["fraise", "environment", "job"]);
  if (fraise !== undefined) query = query.where("fraise", "=", fraise);
  if (environment !== undefined) query = query.where("environment", "=", environment);
  if (job !== undefined) query = query.where("job", "=", job);
  return await query.execute();
}
