import type { Insertable, Kysely, Selectable } from "kysely";
import { sql } from "kysely";
import type { BadRevision, QueueEntry, Situation, Wanted } from "../../domain/decision.ts";
import { writeOptions } from "../../domain/deployment-options.ts";
import type { Trigger } from "../../domain/deployment.ts";
import { isByItself } from "../../domain/deployment.ts";
import { refOf } from "../../domain/event.ts";
import type { Placement, TargetKey } from "../../domain/fraise.ts";
import { placementName, targetName } from "../../domain/fraise.ts";
import { withNulls } from "../../domain/with-nulls.ts";
import type { Places } from "../prepared.ts";
import { prepared } from "../prepared.ts";
import type { Tables } from "../tables.ts";
import type { DeploymentTable } from "../tables/deployment-tables.ts";
import { insertRows } from "./insert-rows.ts";
import type { SerialTransaction } from "./serially.ts";

interface Slot {
  readonly target: Placement;
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
  readonly target: Placement;
  readonly trigger: Trigger;
  readonly wanted: Wanted;
  supersededBy: string | undefined;
}

/**
 * The queue of some placements, read into memory, changed there, and written back in a few statements whatever happened on it: latest wins,
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

  static async load(tx: SerialTransaction, places: readonly Placement[]): Promise<QueueBoard> {
    const board = new QueueBoard();
    for (const place of places) {
      const { fraise, environment, job, host } = place;
      const name = placementName(place);
      if (board.#slots.has(name)) continue;
      board.#slots.set(name, {
        target: { fraise, environment, job, host },
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

  situation(place: Placement): Situation {
    return this.#slot(place);
  }

  /** A deployment made or replaced on this board, as it stands. */
  entry(id: string): QueueEntry | undefined {
    const successor = this.#replaced.get(id) ?? this.#created.get(id)?.supersededBy;
    if (successor !== undefined) return this.entry(successor);
    const slot = this.#slotById.get(id);
    return [slot?.waiting, slot?.running].find((entry) => entry?.id === id);
  }

  /** Puts a new deployment in the waiting place; who waited there is superseded. Returns its id. */
  enqueue(id: string, place: Placement, trigger: Trigger, wanted: Wanted): string {
    const slot = this.#slot(place);
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

  #slot(place: Placement): Slot {
    const slot = this.#slots.get(placementName(place));
    if (slot === undefined) throw new Error(`placement ${placementName(place)} was not loaded`);
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

/** Reads what is known of one placement, or of all, into their slots. */
async function fillSlots(
  tx: SerialTransaction,
  slots: ReadonlyMap<string, Slot>,
  only: Placement | undefined,
): Promise<void> {
  await fillStates(tx, slots, only);
  for (const row of await openDeployments(tx, only, "running")) setIn(slots, row, { running: entryOf(row) });
  for (const row of await openDeployments(tx, only, "waiting")) setIn(slots, row, { waiting: entryOf(row) });
  await fillBadRevisions(tx, slots, only);
}

/** Placements of the rows that are not on the board are passed over. */
function setIn(slots: ReadonlyMap<string, Slot>, place: Placement, facts: Partial<Slot>): void {
  const slot = slots.get(placementName(place));
  if (slot !== undefined) Object.assign(slot, facts);
}

async function fillStates(
  tx: SerialTransaction,
  slots: ReadonlyMap<string, Slot>,
  only: Placement | undefined,
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
  only: Placement | undefined,
): Promise<void> {
  const bad = only === undefined ? await everyBadRevision(tx, {}) : await badRevisionsOf(tx, nameOf(only));
  const ofTarget = Map.groupBy(slots.values(), ({ target }) => targetName(target));
  // A bad revision is bad on every host.
  for (const { revision, reason, hint, ...target } of bad)
    for (const slot of ofTarget.get(targetName(target)) ?? [])
      slot.badRevisions.set(revision, { reason, hint: hint ?? "" });
}

type OpenRow = Pick<
  Selectable<DeploymentTable>,
  keyof Placement | "id" | "revision" | "ref_kind" | "ref_name" | "status" | "options" | "trigger"
>;

async function openDeployments(
  tx: SerialTransaction,
  only: Placement | undefined,
  which: "running" | "waiting",
): Promise<readonly OpenRow[]> {
  if (only === undefined) return await (which === "running" ? everyRunning : everyWaiting)(tx, {});
  return await (which === "running" ? runningOf : waitingOf)(tx, keyOf(only));
}

type Texts<Column extends string> = { [Each in Column]: string };
type TargetPlaces = Places<Texts<keyof TargetKey>>;
type PlacementPlaces = Places<Texts<keyof Placement>>;

function nameOf({ fraise, environment, job }: TargetKey): Texts<keyof TargetKey> {
  return { fraise, environment, job };
}

function keyOf({ host, ...target }: Placement): Texts<keyof Placement> {
  return { ...nameOf(target), host };
}

const states = (db: Kysely<Tables>) =>
  db
    .selectFrom("tb_fraise_state")
    .select(["fraise", "environment", "job", "host", "revision", "deployment_id", "hold_reason"]);
const everyState = prepared(states);
const stateOf = prepared((db, { value }: PlacementPlaces) =>
  states(db)
    .where("fraise", "=", value("fraise"))
    .where("environment", "=", value("environment"))
    .where("job", "=", value("job"))
    .where("host", "=", value("host")),
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
    .select(["fraise", "environment", "job", "host", "id", "revision", "ref_kind", "ref_name"])
    .select(["status", "options", "trigger"]);
// Statuses are written out, not bound: only then does SQLite see that the partial indexes serve.
const waiting = (db: Kysely<Tables>) => deployments(db).where("status", "=", sql.lit("queued" as const));
const running = (db: Kysely<Tables>) =>
  deployments(db).where("status", "in", [sql.lit("running" as const), sql.lit("rolling_back" as const)]);
const everyWaiting = prepared(waiting);
const everyRunning = prepared(running);
const waitingOf = prepared((db, { value }: PlacementPlaces) =>
  waiting(db)
    .where("fraise", "=", value("fraise"))
    .where("environment", "=", value("environment"))
    .where("job", "=", value("job"))
    .where("host", "=", value("host")),
);
const runningOf = prepared((db, { value }: PlacementPlaces) =>
  running(db)
    .where("fraise", "=", value("fraise"))
    .where("environment", "=", value("environment"))
    .where("job", "=", value("job"))
    .where("host", "=", value("host")),
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
