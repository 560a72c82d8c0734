import type { Insertable, Kysely } from "kysely";
import { sql } from "kysely";
import type { QueueEntry, Situation, Wanted } from "../../domain/decision.ts";
import { writeOptions } from "../../domain/deployment-options.ts";
import type { Trigger } from "../../domain/deployment.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import { targetName } from "../../domain/fraise.ts";
import type { DeploymentTable, Tables } from "../tables.ts";
import { insertRows } from "./insert-rows.ts";

interface Slot {
  readonly target: TargetKey;
  running: QueueEntry | undefined;
  waiting: QueueEntry | undefined;
  active: Situation["active"];
  known: boolean;
  readonly badRevisions: Map<string, string>;
}

interface NewDeployment {
  readonly id: string;
  readonly target: TargetKey;
  readonly trigger: Trigger;
  readonly wanted: Wanted;
  supersededBy: string | undefined;
}

/**
 * The queue of some targets, read into memory, changed there, and written back in a few statements whatever happened on it: latest wins,
 * one waits. Lives inside one transaction that holds the write lock.
 */
export class QueueBoard {
  readonly #slots = new Map<string, Slot>();
  readonly #created = new Map<string, NewDeployment>();
  /** Waiting deployments of the store that were replaced: id to successor. */
  readonly #replaced = new Map<string, string>();
  /** Targets that got a new wish: a hold ends with it. */
  readonly #wished = new Set<string>();

  static async load(tx: Kysely<Tables>, targets: readonly TargetKey[]): Promise<QueueBoard> {
    const board = new QueueBoard();
    for (const target of targets) {
      const { fraise, environment, job } = target;
      const name = targetName(target);
      if (board.#slots.has(name)) continue;
      board.#slots.set(name, {
        target: { fraise, environment, job },
        running: undefined,
        waiting: undefined,
        active: undefined,
        known: false,
        badRevisions: new Map(),
      });
    }
    for (const slot of board.#slots.values()) await loadSlot(tx, slot);
    return board;
  }

  situation(target: TargetKey): Situation {
    return this.#slot(target);
  }

  /** A deployment made or replaced on this board, as it stands. */
  entry(id: string): QueueEntry | undefined {
    const successor = this.#replaced.get(id) ?? this.#created.get(id)?.supersededBy;
    if (successor !== undefined) return this.entry(successor);
    for (const { waiting, running } of this.#slots.values()) {
      if (waiting?.id === id) return waiting;
      if (running?.id === id) return running;
    }
    return undefined;
  }

  /** Puts a new deployment in the waiting place; who waited there is superseded. Returns its id. */
  enqueue(id: string, target: TargetKey, trigger: Trigger, wanted: Wanted): string {
    const slot = this.#slot(target);
    if (slot.waiting !== undefined) {
      const created = this.#created.get(slot.waiting.id);
      if (created === undefined) this.#replaced.set(slot.waiting.id, id);
      else created.supersededBy = id;
    }
    const { revision, previous: previousPushed, options = {} } = wanted;
    slot.waiting = { id, revision, previousPushed, status: "queued", options: writeOptions(options) };
    this.#created.set(id, { id, target: slot.target, trigger, wanted, supersededBy: undefined });
    this.#wished.add(targetName(target));
    return id;
  }

  async save(tx: Kysely<Tables>, at: string): Promise<void> {
    // First: the waiting place of a target must be free before the next one takes it.
    for (const [id, successor] of this.#replaced) {
      await tx
        .updateTable("tb_deployment")
        .set({
          status: "superseded",
          superseded_by: successor,
          finished_at: at,
          reason: `replaced by deployment ${successor} before it started`,
        })
        .where("id", "=", id)
        .where("status", "=", "queued")
        .execute();
    }
    const created = [...this.#created.values()].map((each) => deploymentRow(each, at));
    await insertRows(tx, "tb_deployment", created);
    for (const name of this.#wished) {
      const slot = this.#slots.get(name);
      if (slot !== undefined) await saveState(tx, slot, at);
    }
  }

  #slot(target: TargetKey): Slot {
    const slot = this.#slots.get(targetName(target));
    if (slot === undefined) throw new Error(`target ${targetName(target)} was not loaded`);
    return slot;
  }
}

async function loadSlot(tx: Kysely<Tables>, slot: Slot): Promise<void> {
  const { fraise, environment, job } = slot.target;
  const state = await tx
    .selectFrom("tb_fraise_state")
    .select(["revision", "deployment_id"])
    .where((where) => where.and({ fraise, environment, job }))
    .executeTakeFirst();
  slot.known = state !== undefined;
  if (state !== undefined && state.revision !== null && state.deployment_id !== null) {
    slot.active = { revision: state.revision, deploymentId: state.deployment_id };
  }
  slot.running = await loadEntry(tx, slot.target, ["running", "rolling_back"]);
  slot.waiting = await loadEntry(tx, slot.target, ["queued"]);
  const bad = await tx
    .selectFrom("tb_bad_revision")
    .select(["revision", "reason"])
    .where((where) => where.and({ fraise, environment, job }))
    .execute();
  for (const row of bad) slot.badRevisions.set(row.revision, row.reason);
}

async function loadEntry(
  tx: Kysely<Tables>,
  { fraise, environment, job }: TargetKey,
  statuses: readonly ["queued"] | readonly ["running", "rolling_back"],
): Promise<QueueEntry | undefined> {
  const row = await tx
    .selectFrom("tb_deployment")
    .select(["id", "revision", "previous_pushed", "status", "options", "trigger"])
    .where((where) => where.and({ fraise, environment, job }))
    // Written out, not bound: only then does SQLite see that the partial index serves.
    .where((where) =>
      statuses.length === 1
        ? where("status", "=", sql.lit("queued" as const))
        : where("status", "in", [sql.lit("running" as const), sql.lit("rolling_back" as const)]),
    )
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { id, revision, previous_pushed, status, options, trigger } = row;
  const isRollback = trigger === "rollback";
  return { id, revision, previousPushed: previous_pushed ?? undefined, status, options, isRollback };
}

function deploymentRow(
  { id, target, trigger, wanted, supersededBy }: NewDeployment,
  at: string,
): Insertable<DeploymentTable> {
  return {
    ...target,
    id,
    trigger,
    triggered_by: wanted.triggeredBy,
    revision: wanted.revision,
    previous_pushed: wanted.previous ?? null,
    ref_kind: wanted.ref?.kind ?? null,
    ref_name: wanted.ref?.name ?? null,
    forced: wanted.forced ? 1 : 0,
    message: wanted.message,
    options: writeOptions(wanted.options ?? {}),
    status: supersededBy === undefined ? "queued" : "superseded",
    phase: "queued",
    progress: 0,
    reason: supersededBy === undefined ? "" : `replaced by deployment ${supersededBy} before it started`,
    hint: "",
    superseded_by: supersededBy ?? null,
    attempt: 0,
    queued_at: at,
    override_by: wanted.override?.by ?? null,
    override_reason: wanted.override?.reason ?? null,
    returns_to: wanted.returnsTo ?? null,
    finished_at: supersededBy === undefined ? null : at,
  };
}

/** A newer wish ends the hold of a rolled back target. */
async function saveState(tx: Kysely<Tables>, { target, known }: Slot, at: string): Promise<void> {
  if (!known) {
    await tx
      .insertInto("tb_fraise_state")
      .values({ ...target, updated_at: at })
      .onConflict((conflict) => conflict.columns(["fraise", "environment", "job"]).doNothing())
      .execute();
    return;
  }
  await tx
    .updateTable("tb_fraise_state")
    .set({ hold_reason: null, hold_since: null, updated_at: at })
    .where((where) => where.and({ ...target }))
    .where("hold_reason", "is not", null)
    .execute();
}
