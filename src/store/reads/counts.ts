import { sql } from "kysely";
import type { StoreContext } from "../store-context.ts";

export interface Counts {
  readonly queued: number;
  readonly waitingForGates: number;
  readonly running: number;
  readonly stuck: number;
  readonly onHold: number;
  readonly drifted: number;
  readonly locks: number;
  readonly sweepProblems: number;
  /** Targets whose newest deployment did not succeed. */
  readonly failedTargets: number;
}

/** Numbers for monitors: as many rows as there are targets, however long the history. */
export async function counts({ db }: StoreContext): Promise<Counts> {
  const now = await db
    .selectFrom("tb_deployment")
    .select([
      sql<number>`count(*) filter (where status = 'queued')`.as("queued"),
      sql<number>`count(*) filter (where status = 'queued' and held_because is not null)`.as("waitingForGates"),
      sql<number>`count(*) filter (where status <> 'queued')`.as("running"),
    ])
    .where("status", "in", ["queued", "running", "rolling_back"])
    .executeTakeFirstOrThrow();
  const stuck = await db
    .selectFrom("v_stuck_deployment")
    .select(sql<number>`count(*)`.as("count"))
    .executeTakeFirstOrThrow();
  const targets = await db
    .selectFrom("tb_fraise_state")
    .select([
      sql<number>`count(hold_reason)`.as("onHold"),
      sql<number>`count(*) filter (where drift <> '')`.as("drifted"),
    ])
    .executeTakeFirstOrThrow();
  const locks = await db
    .selectFrom("tb_lock")
    .where("holder", "=", "")
    .select(sql<number>`count(*)`.as("count"))
    .executeTakeFirstOrThrow();
  const sweeps = await db
    .selectFrom("tb_sweep")
    .select(sql<number>`count(*) filter (where problem <> '')`.as("count"))
    .executeTakeFirstOrThrow();
  const last = await db
    .selectFrom("v_fraise_status")
    .select(
      sql<number>`count(*) filter (where last_status in ('failed', 'rolled_back', 'rollback_failed'))`.as("failed"),
    )
    .executeTakeFirstOrThrow();
  return {
    ...now,
    stuck: stuck.count,
    ...targets,
    locks: locks.count,
    sweepProblems: sweeps.count,
    failedTargets: last.failed,
  };
}
