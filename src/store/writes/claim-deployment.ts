import { sql } from "kysely";
import type { Selectable } from "kysely";
import { newId } from "../../domain/id.ts";
import type { StoreContext } from "../store-context.ts";
import type { Tables } from "../tables.ts";
import { occupantOf } from "./occupant.ts";
import { serially } from "./serially.ts";
import type { SerialTransaction } from "./serially.ts";

/** The runner that may adopt a claimed deployment: the one that was launched for it. */
export const UNADOPTED = "launched";
/** The kind of runner that is none yet: the identity is that of the process that claimed and is launching one. */
export const LAUNCHING = "launching";

export interface Claim {
  readonly leaseMs: number;
  /** The identity of the process that claims, as JSON, so that a claim whose maker died is known for what it is. */
  readonly claimer: string;
  /** How many deployments may run at once on this host; any number if undefined. */
  readonly places?: number;
}

/**
 * Takes a queued deployment out of the queue for a runner that is about to be launched. False when it is no longer queued, it belongs to another host, its target has another one running or is
 * occupied by a process, or no place is free: a race lost, not an error.
 */
export async function claimDeployment(
  { db, host }: StoreContext,
  id: string,
  { leaseMs, claimer, places = Infinity }: Claim,
): Promise<boolean> {
  const now = new Date();
  return await serially(db, async (tx) => {
    if (!(await hasPlace(tx, host, places))) return false;
    const queued = await tx.selectFrom("tb_deployment").selectAll().where("id", "=", id).executeTakeFirst();
    if (queued === undefined || !(await mayStart(tx, host, queued))) return false;
    const { fraise, environment, job } = queued;
    const state = await tx
      .selectFrom("tb_fraise_state")
      .select(["revision", "deployment_id"])
      .where((where) => where.and({ fraise, environment, job, host }))
      .executeTakeFirst();
    await tx
      .updateTable("tb_deployment")
      .set({
        status: "running",
        attempt: 0,
        started_at: now.toISOString(),
        phase_changed_at: now.toISOString(),
        held_because: null,
        waits_for: null,
        previous_revision: state?.revision ?? null,
        previous_deployment_id: state?.deployment_id ?? null,
        lease_owner: UNADOPTED,
        runner_kind: LAUNCHING,
        runner_identity: claimer,
        lease_expires_at: new Date(now.getTime() + leaseMs).toISOString(),
      })
      .where("id", "=", id)
      .execute();
    if (queued.trigger === "rollback") await beginRollbackByHand(tx, queued, state?.revision ?? "", now);
    return true;
  });
}

/** Whether a deployment waits in the queue of this host, and nothing has its target there for itself. */
async function mayStart(
  tx: SerialTransaction,
  host: string,
  queued: Selectable<Tables["tb_deployment"]>,
): Promise<boolean> {
  return queued.status === "queued" && queued.host === host && (await occupantOf(tx, queued)) === undefined;
}

/** Whether fewer deployments run on this host than there are places. A runner that was found dead has no lease any more, and takes no place. */
async function hasPlace(tx: SerialTransaction, host: string, places: number): Promise<boolean> {
  if (places === Infinity) return true;
  const { count } = await tx
    .selectFrom("tb_deployment")
    .select((each) => each.fn.countAll<number>().as("count"))
    .where("status", "in", [sql.lit("running" as const), sql.lit("rolling_back" as const)])
    .where("host", "=", host)
    .where("lease_owner", "is not", null)
    .executeTakeFirstOrThrow();
  return count < places;
}

/** A rollback by hand has a row of its own from its first moment. */
async function beginRollbackByHand(
  tx: SerialTransaction,
  queued: Selectable<Tables["tb_deployment"]>,
  runs: string,
  now: Date,
): Promise<void> {
  const { id, fraise, environment, job, host } = queued;
  await tx
    .insertInto("tb_rollback")
    .values({
      id: newId(),
      fraise,
      environment,
      job,
      host,
      deployment_id: id,
      from_revision: runs,
      to_revision: queued.revision,
      automatic: 0,
      requested_by: queued.triggered_by,
      reason: queued.message,
      status: "running",
      started_at: now.toISOString(),
    })
    .execute();
}
