import { sql } from "kysely";
import type { TargetKey } from "../../domain/fraise.ts";
import type { Phase } from "../../domain/phase.ts";
import type { StoreContext } from "../store-context.ts";

/** How long the steps of one deployment took. */
export interface DeploymentDuration {
  readonly id: string;
  readonly finishedAt: string;
  /** Milliseconds in the steps of each phase, by a clock that nobody sets. */
  readonly phases: Readonly<Partial<Record<Phase, number>>>;
}

/**
 * How long the newest deployments of a target that succeeded took. A deployment that failed says how long it took to fail, and its undone steps say how long
 * their undoing took: neither is comparable.
 */
export async function phaseDurations(
  { db }: StoreContext,
  { fraise, environment, job }: TargetKey,
  limit: number,
): Promise<readonly DeploymentDuration[]> {
  const newest = await db
    .selectFrom("tb_deployment")
    .select(["id", "finished_at"])
    .where((where) => where.and({ fraise, environment, job }))
    .where("status", "=", sql.lit("succeeded" as const))
    .orderBy("id", "desc")
    .limit(limit)
    .execute();
  if (newest.length === 0) return [];
  const ids = newest.map(({ id }) => id);
  const steps = await db
    .selectFrom("tb_deployment_step")
    .select(["deployment_id", "phase", "duration_ms"])
    .where("deployment_id", "in", ids)
    .execute();
  const phasesById = new Map<string, Partial<Record<Phase, number>>>(ids.map((id) => [id, {}]));
  for (const { deployment_id: id, phase, duration_ms: ms } of steps) {
    const phases = phasesById.get(id);
    if (phases !== undefined) phases[phase] = (phases[phase] ?? 0) + (ms ?? 0);
  }
  return newest.map(({ id, finished_at: at }) => ({ id, finishedAt: at ?? "", phases: phasesById.get(id) ?? {} }));
}
