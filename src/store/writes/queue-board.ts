import type { Insertable, Kysely, Selectable } from "kysely";
import { sql } from "kysely";
import type { BadRevision, QueueEntry, Situation, Wanted } from "../../domain/decision.ts";
import { writeOptions } from "../../domain/deployment-options.ts";
import type { Trigger } from "../../domain/deployment.ts";
import { isByItself } from "../../domain/deployment.ts";
import { refOf } from "../../domain/event.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import { targetName } from "../../domain/fraise.ts";
import { withNulls } from "../../domain/with-nulls.ts";
import type { Places } from "../prepared.ts";
import { prepared } from "../prepared.ts";
import type { Tables } from "../tables.ts";
import type { DeploymentTable } from "../tables/deployment-tables.ts";
import { insertRows } from "./insert-rows.ts";
import type { SerialTransaction } from "./serially.ts";

interface Slot {
  readonly target: TargetKey;
  running: QueueEntry | undefined;
  waiting: QueueEntry | undefined;
  active: Situation["active"];
  /** It has a row of its own in tb_fraise_state. */
  known: boolean;
  isOnHold: boolean;
  readonly badRevisions: Map<string, BadRevision>;
  /** The deployments that were queued on this board, oldest first. */
  readonly created: NewDeployment[];
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
  /** The state of each deployment that waits or runs, or was made here: a redelivery asks for as many as there are targets. */
  readonly #slotById = new Map<string, Slot>();
  readonly #created = new Map<string, NewDeployment>();
  /** Waiting deployments of the store that were replaced: id to successor. */
  readonly #replaced = new Map<string, string>();
  /** Targets that got a new wish: a hold ends with it. */
  readonly #wished = new Set<Slot>();

  static async load(tx: SerialTransaction, targets: readonly TargetKey[]): Promise<QueueBoard> {
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
        isOnHold: false,
        badRevisions: new Map(),
        created: [],
      });
    }
    await loadSlots(tx, board.#slots);
    for (const slot of board.#slots.values())
      for (const entry of [slot.waiting, slot.running]) if (entry !== undefined) board.#slotById.set(entry.id, slot);
    return board;
  }

  situation(target: TargetKey): Situation {
    return this.#slot(target);
  }

  /** A deployment made or replaced on this board, as it stands. */
  entry(id: string): QueueEntry | undefined {
    const successor = this.#replaced.get(id) ?? this.#created.get(id)?.supersededBy;
    if (successor !== undefined) return this.entry(successor);
    const slot = this.#slotById.get(id);
    return [slot?.waiting, slot?.running].find((entry) => entry?.id === id);
  }

  /** Puts a new deployment in the waiting place; who waited there is superseded. Returns its id. */
  enqueue(id: string, target: TargetKey, trigger: Trigger, wanted: Wanted): string {
    const slot = this.#slot(target);
    if (slot.waiting !== undefined) {
      const created = this.#created.get(slot.waiting.id);
      if (created === undefined) this.#replaced.set(slot.waiting.id, id);
      else created.supersededBy = id;
    }
    const { revision, ref, options = {} } = wanted;
    const entry: QueueEntry = { id, revision, ref, status: "queued", options: writeOptions(options) };
    slot.waiting = { ...entry, isByItself: isByItself({ trigger }) };
    const created: NewDeployment = { id, target: slot.target, trigger, wanted, supersededBy: undefined };
    this.#created.set(id, created);
    this.#slotById.set(id, slot);
    slot.created.push(created);
    this.#wished.add(slot);
    return id;
  }

  async save(tx: SerialTransaction, at: string): Promise<void> {
    // First: the waiting place of a target must be free before the next one takes it.
    await supersede(tx, this.#replaced, at);
    const created = [...this.#created.values()].map((each) => deploymentRow(each, at));
    await insertRows(tx, "tb_deployment", created);
    const wished = [...this.#wished];
    const unknown = wished.filter(({ known }) => !known);
    await insertRows(
      tx,
      "tb_fraise_state",
      unknown.map(({ target }) => ({ ...target, updated_at: at })),
    );
    for (const slot of wished) if (slot.isOnHold) await endHold(tx, slot, at);
  }

  #slot(target: TargetKey): Slot {
    const slot = this.#slots.get(targetName(target));
    if (slot === undefined) throw new Error(`target ${targetName(target)} was not loaded`);
    return slot;
  }
}

/** Above this number of targets, reading the small tables as a whole is faster than asking for each target. */
const FEW = 32;

async function loadSlots(tx: SerialTransaction, slots: ReadonlyMap<string, Slot>): Promise<void> {
  if (slots.size > FEW) {
    await fillSlots(tx, slots, undefined);
    return;
  }
  for (const slot of slots.values()) await fillSlots(tx, slots, slot.target);
}

/** Reads what is known of one target, or of all targets, into their slots. */
async function fillSlots(
  tx: SerialTransaction,
  slots: ReadonlyMap<string, Slot>,
  only: TargetKey | undefined,
): Promise<void> {
  await fillStates(tx, slots, only);
  for (const row of await openDeployments(tx, only, "running")) setIn(slots, row, { running: entryOf(row) });
  for (const row of await openDeployments(tx, only, "waiting")) setIn(slots, row, { waiting: entryOf(row) });
  await fillBadRevisions(tx, slots, only);
}

/** Targets of the rows that are not on the board are passed over. */
function setIn(slots: ReadonlyMap<string, Slot>, target: TargetKey, facts: Partial<Slot>): void {
  const slot = slots.get(targetName(target));
  if (slot !== undefined) Object.assign(slot, facts);
}

async function fillStates(
  tx: SerialTransaction,
  slots: ReadonlyMap<string, Slot>,
  only: TargetKey | undefined,
): Promise<void> {
  for (const row of only === undefined ? await everyState(tx, {}) : await stateOf(tx, keyOf(only))) {
    const { revision, deployment_id: deploymentId } = row;
    const active = revision === null || deploymentId === null ? undefined : { revision, deploymentId };
    setIn(slots, row, { known: true, isOnHold: row.hold_reason !== null, active });
  }
}

async function fillBadRevisions(
  tx: SerialTransaction,
  slots: ReadonlyMap<string, Slot>,
  only: TargetKey | undefined,
): Promise<void> {
  const bad = only === undefined ? await everyBadRevision(tx, {}) : await badRevisionsOf(tx, keyOf(only));
  for (const row of bad)
    slots.get(targetName(row))?.badRevisions.set(row.revision, { reason: row.reason, hint: row.hint ?? "" });
}

type OpenRow = Pick<
  Selectable<DeploymentTable>,
  keyof TargetKey | "id" | "revision" | "ref_kind" | "ref_name" | "status" | "options" | "trigger"
>;

async function openDeployments(
  tx: SerialTransaction,
  only: TargetKey | undefined,
  which: "running" | "waiting",
): Promise<readonly OpenRow[]> {
  if (only === undefined) return await (which === "running" ? everyRunning : everyWaiting)(tx, {});
  return await (which === "running" ? runningOf : waitingOf)(tx, keyOf(only));
}

type TargetPlaces = Places<{ [Column in keyof TargetKey]: string }>;

function keyOf({ fraise, environment, job }: TargetKey): { [Column in keyof TargetKey]: string } {
  return { fraise, environment, job };
}

const states = (db: Kysely<Tables>) =>
  db.selectFrom("tb_fraise_state").select(["fraise", "environment", "job", "revision", "deployment_id", "hold_reason"]);
const everyState = prepared(states);
const stateOf = prepared((db, { value }: TargetPlaces) =>
  states(db)
    .where("fraise", "=", value("fraise"))
    .where("environment", "=", value("environment"))
    .where("job", "=", value("job")),
);

const badRevisions = (db: Kysely<Tables>) =>
  db
    .selectFrom("tb_bad_revision")
    .select(["fraise", "environment", "job", "revision", "reason"])
    .select((expression) =>
      expression
        .selectFrom("tb_deployment")
        .select("tb_deployment.hint")
        .whereRef("tb_deployment.id", "=", "tb_bad_revision.deployment_id")
        .as("hint"),
    );
const everyBadRevision = prepared(badRevisions);
const badRevisionsOf = prepared((db, { value }: TargetPlaces) =>
  badRevisions(db)
    .where("fraise", "=", value("fraise"))
    .where("environment", "=", value("environment"))
    .where("job", "=", value("job")),
);

const deployments = (db: Kysely<Tables>) =>
  db
    .selectFrom("tb_deployment")
    .select(["fraise", "environment", "job", "id", "revision", "ref_kind", "ref_name"])
    .select(["status", "options", "trigger"]);
// Statuses are written out, not bound: only then does SQLite see that the partial indexes serve.
const waiting = (db: Kysely<Tables>) => deployments(db).where("status", "=", sql.lit("queued" as const));
const running = (db: Kysely<Tables>) =>
  deployments(db).where("status", "in", [sql.lit("running" as const), sql.lit("rolling_back" as const)]);
const everyWaiting = prepared(waiting);
const everyRunning = prepared(running);
const waitingOf = prepared((db, { value }: TargetPlaces) =>
  waiting(db)
    .where("fraise", "=", value("fraise"))
    .where("environment", "=", value("environment"))
    .where("job", "=", value("job")),
);
const runningOf = prepared((db, { value }: TargetPlaces) =>
  running(db)
    .where("fraise", "=", value("fraise"))
    .where("environment", "=", value("environment"))
    .where("job", "=", value("job")),
);

function entryOf(row: OpenRow): QueueEntry {
  return {
    id: row.id,
    revision: row.revision,
    ref: refOf(row.ref_kind, row.ref_name),
    status: row.status,
    options: row.options,
    isRollback: row.trigger === "rollback",
    isByItself: isByItself(row),
  };
}

function deploymentRow(
  { id, target, trigger, wanted, supersededBy }: NewDeployment,
  at: string,
): Insertable<DeploymentTable> {
  const superseded = supersededBy !== undefined;
  return withNulls({
    ...target,
    id,
    trigger,
    triggered_by: wanted.triggeredBy,
    revision: wanted.revision,
    previous_pushed: wanted.previous,
    ref_kind: wanted.ref?.kind,
    ref_name: wanted.ref?.name,
    forced: wanted.forced ? 1 : 0,
    message: wanted.message,
    options: writeOptions(wanted.options ?? {}),
    status: superseded ? ("superseded" as const) : ("queued" as const),
    phase: "queued" as const,
    progress: 0,
    reason: superseded ? replacedBy(supersededBy) : "",
    hint: "",
    superseded_by: supersededBy,
    attempt: 0,
    queued_at: at,
    override_by: wanted.override?.by,
    override_reason: wanted.override?.reason,
    returns_to: wanted.returnsTo,
    finished_at: superseded ? at : undefined,
  });
}

function replacedBy(successor: string): string {
  return `replaced by deployment ${successor} before it started`;
}

/** A newer wish ends the hold of a rolled back target. */
async function endHold(tx: SerialTransaction, { target }: Slot, at: string): Promise<void> {
  await tx
    .updateTable("tb_fraise_state")
    .set({ hold_reason: null, hold_since: null, updated_at: at })
    .where((where) => where.and({ ...target }))
    .execute();
}

const supersedeOne = prepared((db, { value }: Places<{ id: string; successor: string; at: string; reason: string }>) =>
  db
    .updateTable("tb_deployment")
    .set({
      status: "superseded",
      superseded_by: value("successor"),
      finished_at: value("at"),
      reason: value("reason"),
    })
    .where("id", "=", value("id"))
    .where("status", "=", "queued"),
);

async function supersede(tx: SerialTransaction, replaced: ReadonlyMap<string, string>, at: string): Promise<void> {
  for (const [id, successor] of replaced) await supersedeOne(tx, { id, successor, at, reason: replacedBy(successor) });
}
