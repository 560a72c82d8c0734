import type { Outcome, Trigger } from "../../domain/deployment.ts";
import { isOutcome } from "../../domain/deployment.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import type { Phase } from "../../domain/phase.ts";
import type { StoreContext } from "../store-context.ts";

/** How a deployment ended, for statistics. Times are ISO-8601 text in UTC. */
export interface EndedDeployment {
  readonly id: string;
  readonly trigger: Trigger;
  readonly status: Outcome;
  readonly reason: string;
  readonly queuedAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string;
  /** The deployment that was asked for, of which this one is a retry. */
  readonly retryOf: string | null;
  /** The step that failed first. */
  readonly failedStep: { readonly step: string; readonly phase: Phase } | undefined;
}

/** The newest deployments of a target that have ended, oldest first. */
export async function endedDeployments(
  { db }: StoreContext,
  { fraise, environment, job }: TargetKey,
  limit: number,
): Promise<readonly EndedDeployment[]> {
  const newest = await db
    .selectFrom("tb_deployment")
    .select(["id", "trigger", "status", "reason", "queued_at", "started_at", "finished_at", "retry_of"])
    .where((where) => where.and({ fraise, environment, job }))
    .orderBy("id", "desc")
    .limit(limit)
    .execute();
  const failed = newest.filter(({ status }) => FAILED.has(status)).map(({ id }) => id);
  const failedSteps = await firstFailedSteps({ db }, failed);
  return newest.toReversed().flatMap((row): EndedDeployment[] => {
    const { id, trigger, status, reason, finished_at: finishedAt } = row;
    if (finishedAt === null || !isOutcome(status)) return [];
    const { queued_at: queuedAt, started_at: startedAt, retry_of: retryOf } = row;
    const failedStep = failedSteps.get(id);
    return [{ id, trigger, status, reason, queuedAt, startedAt, finishedAt, retryOf, failedStep }];
  });
}

const FAILED: ReadonlySet<string> = new Set(["failed", "rolled_back", "rollback_failed"]);

/** A step that failed keeps its error when it is undone, so that the first error of a deployment is why it failed. */
async function firstFailedSteps(
  { db }: Pick<StoreContext, "db">,
  ids: readonly string[],
): Promise<ReadonlyMap<string, { readonly step: string; readonly phase: Phase }>> {
  if (ids.length === 0) return new Map();
  const steps = await db
    .selectFrom("tb_deployment_step")
    .select(["deployment_id", "sequence", "step", "phase"])
    .where("deployment_id", "in", ids)
    .where("error", "<>", "")
    .execute();
  const newestFirst = steps.toSorted((a, b) => b.sequence - a.sequence);
  return new Map(newestFirst.map(({ deployment_id: id, step, phase }) => [id, { step, phase }]));
}
