import type { Selectable } from "kysely";
import { sql } from "kysely";
import { refOf } from "../../domain/event.ts";
import type { Placement, TargetKey } from "../../domain/fraise.ts";
import { placementName } from "../../domain/fraise.ts";
import type { TargetState } from "../../domain/target-state.ts";
import type { StoreContext } from "../store-context.ts";
import { withoutNulls } from "../without-nulls.ts";
import type { FraiseStatusView } from "../tables/target-tables.ts";

/**
 * The state of every known target: what runs, what is being deployed, what waits, how the last one ended. By name; if a target has a state on several hosts, that of this
 * host comes first.
 */
export async function targetStatus(
  { db, host }: StoreContext,
  filter: Partial<Placement> = {},
): Promise<readonly TargetState[]> {
  let query = db.selectFrom("v_fraise_status").selectAll().orderBy("fraise").orderBy("environment").orderBy("job");
  if (filter.host !== undefined) query = query.where("host", "=", filter.host);
  // A store in a file has one host, and needs no other order.
  else if (host !== "") query = query.orderBy(sql`case host when ${host} then '' else host end`);
  if (filter.fraise !== undefined) query = query.where("fraise", "=", filter.fraise);
  if (filter.environment !== undefined) query = query.where("environment", "=", filter.environment);
  if (filter.job !== undefined) query = query.where("job", "=", filter.job);
  const rows = await query.execute();
  const unrestored = await unrestoredTargets({ db });
  return rows.map((row) => toState(row, unrestored.get(placementName(row))));
}

/** The state of a target on this host; undefined if it was never deployed here. */
export async function targetHere(context: StoreContext, target: TargetKey): Promise<TargetState | undefined> {
  const { fraise, environment, job } = target;
  const [state] = await targetStatus(context, { fraise, environment, job, host: context.host });
  return state;
}

type Row = ReturnType<typeof withoutNulls<Selectable<FraiseStatusView>>>;

function toState(stored: Selectable<FraiseStatusView>, unrestored: TargetState["unrestored"]): TargetState {
  const row = withoutNulls(stored);
  return {
    fraise: row.fraise,
    environment: row.environment,
    job: row.job,
    host: row.host,
    revision: row.revision,
    deployment: row.deployment_id,
    ref: refOf(stored.active_ref_kind, stored.active_ref_name),
    since: row.active_since,
    releasePath: row.active_release,
    previousRevision: row.previous_revision,
    hold: row.hold_reason === undefined ? undefined : { reason: row.hold_reason, since: row.hold_since },
    updatedAt: row.updated_at,
    drift: row.drift,
    driftCheckedAt: row.drift_checked_at,
    lastRun:
      row.last_run_at === undefined
        ? undefined
        : { result: row.last_run_result ?? "", exitCode: row.last_run_exit_code ?? 0, at: row.last_run_at },
    running: runningIn(row),
    waiting: waitingIn(row),
    last: lastIn(row),
    unrestored,
  };
}

function runningIn(row: Row): TargetState["running"] {
  const { running_id: id, running_revision: revision, running_status: status, running_phase: phase } = row;
  // The columns of one joined row are absent together.
  if (id === undefined || revision === undefined || status === undefined || phase === undefined) return undefined;
  return {
    id,
    revision,
    status,
    phase,
    progress: row.running_progress ?? 0,
    since: row.running_since,
    phaseChangedAt: row.running_phase_changed_at,
    stuckSince: row.running_stuck_since,
    waitsBecause: row.running_held_because,
  };
}

function waitingIn(row: Row): TargetState["waiting"] {
  const { waiting_id: id, waiting_revision: revision, waiting_since: since } = row;
  if (id === undefined || revision === undefined || since === undefined) return undefined;
  return {
    id,
    revision,
    since,
    waitsBecause: row.waiting_held_because,
    retry: row.waiting_retry ?? 0,
    retryLimit: row.waiting_retry_limit ?? 0,
    notBefore: row.waiting_not_before,
  };
}

function lastIn(row: Row): TargetState["last"] {
  const { last_id: id, last_status: status, last_revision: revision, last_reason: reason } = row;
  if (id === undefined || status === undefined || revision === undefined || reason === undefined) return undefined;
  return { id, status, revision, reason, finishedAt: row.last_finished_at };
}

/** By the name of the placement. A failed rollback stays in force until a newer deployment is live: another one that is taken back only returns to what it found. */
async function unrestoredTargets({
  db,
}: Pick<StoreContext, "db">): Promise<ReadonlyMap<string, TargetState["unrestored"]>> {
  const rows = await db
    .selectFrom("tb_deployment as d")
    .innerJoin("tb_fraise_state as s", (join) =>
      join
        .onRef("s.fraise", "=", "d.fraise")
        .onRef("s.environment", "=", "d.environment")
        .onRef("s.job", "=", "d.job")
        .onRef("s.host", "=", "d.host"),
    )
    .select(["d.fraise", "d.environment", "d.job", "d.host", "d.id", "d.revision", "d.reason"])
    .where("d.status", "=", "rollback_failed")
    .where(sql<boolean>`d.id > coalesce(s.deployment_id, '')`)
    .orderBy("d.id")
    .execute();
  return new Map(rows.map(({ id, revision, reason, ...place }) => [placementName(place), { id, revision, reason }]));
}
