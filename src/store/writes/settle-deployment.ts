import type { Selectable } from "kysely";
import { sql } from "kysely";
import { notByItself } from "../../domain/decision.ts";
import type { Outcome } from "../../domain/deployment.ts";
import { isByItself } from "../../domain/deployment.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import { callOf } from "../call.ts";
import type { StoreContext } from "../store-context.ts";
import type { DeploymentTable } from "../tables/deployment-tables.ts";
import { bringBackReplaced } from "./bring-back-replaced.ts";
import { hasQueued } from "./has-queued.ts";
import { insertPhase } from "./insert-phase.ts";
import type { Retry } from "./queue-retry.ts";
import { queueRetry } from "./queue-retry.ts";
import { LeaseLost } from "./lease-lost.ts";
import type { SerialTransaction } from "./serially.ts";
import { serially } from "./serially.ts";

export interface Settlement {
  readonly outcome: Outcome;
  /** Why, in a sentence; `""` for a success. */
  readonly reason: string;
  /** Advice for the person who reads the reason. */
  readonly hint: string;
  /** It failed, but what it brought live was left there on purpose: the target runs its revision from now on. */
  readonly isLive?: boolean;
  /** The folder of the revision, if it is live. */
  readonly releasePath?: string;
  /** The revision was tried on the host and taken back: it is not deployed again by itself, and the target is on hold. */
  readonly isBadRevision?: boolean;
  /** It failed for a reason that is not the revision's and may pass: it is queued again. */
  readonly retry?: Retry;
  /**
   * It was skipped, and gives its place in the queue back to the last one that it had replaced. With `instead` it gives it to the one of that revision, unless that would pass over what
   * a person asked for.
   */
  readonly bringsBack?: { readonly instead: string | undefined };
}

/** Ends a deployment, and with it changes what the target is known to run: one transaction, so that the two can never disagree. */
export async function settleDeployment(
  context: StoreContext,
  id: string,
  owner: string,
  settlement: Settlement,
): Promise<void> {
  const { at, isRepeat } = callOf(context);
  await serially(context.db, async (tx) => {
    const row = await tx
      .updateTable("tb_deployment")
      .set({
        status: settlement.outcome,
        ...lastPhase(settlement.outcome),
        reason: settlement.reason,
        hint: settlement.hint,
        release_path: settlement.releasePath ?? null,
        lease_owner: null,
        lease_expires_at: null,
        finished_at: at,
        phase_changed_at: at,
      })
      .where("id", "=", id)
      .where("lease_owner", "=", owner)
      .where("status", "in", ["running", "rolling_back"])
      .returningAll()
      .executeTakeFirst();
    if (row === undefined) {
      // Only the owner of the lease ends a deployment: at this very time it was an earlier attempt of this call.
      if (isRepeat && (await hasEnded(tx, id, settlement.outcome, at))) return;
      throw new LeaseLost(id);
    }
    await tx.deleteFrom("tb_kept_secret").where("deployment_id", "=", id).execute();
    await insertPhase(tx, row, { status: settlement.outcome, reason: settlement.reason }, at);
    if (settlement.outcome === "succeeded" || settlement.isLive === true) await recordActive(tx, row, at);
    if (settlement.isBadRevision === true) {
      const reason = `deployment ${id} did not hold: ${settlement.reason}`;
      await holdBack(tx, row, { revision: row.revision, reason, at });
    }
    await settleRollbacks(tx, row, at);
    if (settlement.outcome === "skipped") await finishSteps(tx, id, at);
    if (settlement.retry !== undefined) await queueRetry(tx, row, settlement.retry, at);
    if (settlement.bringsBack === undefined) return;
    const { instead } = settlement.bringsBack;
    await bringBackReplaced(tx, id, (each) => instead === undefined || each.revision === instead || !isByItself(each));
  });
}

async function hasEnded(tx: SerialTransaction, id: string, outcome: Outcome, at: string): Promise<boolean> {
  const found = await tx
    .selectFrom("tb_deployment")
    .select("id")
    .where((where) => where.and({ id, status: outcome, finished_at: at }))
    .executeTakeFirst();
  return found !== undefined;
}

/** The step that found the deployment needless has done what it is for. */
async function finishSteps(tx: SerialTransaction, id: string, at: string): Promise<void> {
  const begun = await tx
    .selectFrom("tb_deployment_step")
    .select(["step", "started_at"])
    .where("deployment_id", "=", id)
    .where("status", "=", "started")
    .execute();
  for (const { step, started_at: startedAt } of begun)
    await tx
      .updateTable("tb_deployment_step")
      .set({ status: "finished", finished_at: at, duration_ms: Math.max(0, Date.parse(at) - Date.parse(startedAt)) })
      .where("deployment_id", "=", id)
      .where("step", "=", step)
      .execute();
}

/** The one a person asked for has succeeded with its deployment; the automatic one when everything was taken back. */
async function settleRollbacks(
  tx: SerialTransaction,
  { id, status }: Selectable<DeploymentTable>,
  at: string,
): Promise<void> {
  for (const [automatic, succeeded] of [
    [0, status === "succeeded"],
    [1, status === "rolled_back"],
  ] as const) {
    await tx
      .updateTable("tb_rollback")
      .set({ status: succeeded ? "succeeded" : "failed", finished_at: at })
      .where((where) => where.and({ deployment_id: id, automatic }))
      .execute();
  }
}

/** A skipped deployment ends in the phase in which that was found out. */
function lastPhase(outcome: Outcome): { phase?: "active" | "failed"; progress?: number } {
  if (outcome === "succeeded") return { phase: "active", progress: 100 };
  return outcome === "skipped" ? {} : { phase: "failed" };
}

async function recordActive(tx: SerialTransaction, row: Selectable<DeploymentTable>, at: string): Promise<void> {
  const { fraise, environment, job, host } = row;
  const active = {
    revision: row.revision,
    deployment_id: row.id,
    previous_revision: row.previous_revision,
    previous_deployment_id: row.previous_deployment_id,
    hold_reason: null,
    hold_since: null,
    drift: "",
    updated_at: at,
  };
  await tx
    .insertInto("tb_fraise_state")
    .values({ fraise, environment, job, host, ...active })
    .onConflict((conflict) => conflict.columns(["fraise", "environment", "job", "host"]).doUpdateSet(active))
    .execute();
  if (row.status !== "succeeded") return;
  // A person deployed it again by hand and it held: it is no longer bad.
  await tx
    .deleteFrom("tb_bad_revision")
    .where((where) => where.and({ fraise, environment, job, revision: row.revision }))
    .execute();
  if (row.trigger !== "rollback" || row.previous_revision === null || row.previous_revision === row.revision) return;
  const reason = `rolled back by ${row.triggered_by}${row.message === "" ? "" : `: ${row.message}`}`;
  await holdBack(tx, row, { revision: row.previous_revision, reason, at });
}

/** A revision that is not deployed again by itself. */
interface BadRevision {
  readonly revision: string;
  readonly reason: string;
  readonly at: string;
}

/** From now on neither webhook nor sweep deploys this revision again, and the target is on hold. */
async function holdBack(
  tx: SerialTransaction,
  { id, fraise, environment, job, host }: Selectable<DeploymentTable>,
  bad: BadRevision,
): Promise<void> {
  const { reason, at } = bad;
  await tx
    .insertInto("tb_bad_revision")
    .values({ fraise, environment, job, deployment_id: id, ...bad })
    .onConflict((conflict) =>
      conflict.columns(["fraise", "environment", "job", "revision"]).doUpdateSet({ deployment_id: id, reason, at }),
    )
    .execute();
  await dropQueued(tx, { fraise, environment, job }, bad);
  // Not where a newer wish already waits: a hold ends with a newer revision.
  if (await hasQueued(tx, { fraise, environment, job, host })) return;
  await tx
    .updateTable("tb_fraise_state")
    .set({ hold_reason: reason, hold_since: at, updated_at: at })
    .where((where) => where.and({ fraise, environment, job, host }))
    .execute();
}

/** A push of the same revision came while it was being taken back: it is held like every later push of it. A person's own wish stays. */
async function dropQueued(
  tx: SerialTransaction,
  target: TargetKey,
  { revision, reason, at }: BadRevision,
): Promise<void> {
  const dropped = await tx
    .updateTable("tb_deployment")
    .set({
      status: "cancelled",
      phase: "failed",
      reason: notByItself(revision, target, reason),
      finished_at: at,
    })
    .where((where) => where.and({ ...target, revision }))
    .where("status", "=", sql.lit("queued" as const))
    .where("trigger", "in", ["delivery", "sweep"])
    .returning("id")
    .executeTakeFirst();
  // It may have replaced another push, which is wanted still.
  if (dropped !== undefined) await bringBackReplaced(tx, dropped.id, (each) => each.revision !== revision);
}
