import { sql } from "kysely";
import type { Kysely } from "kysely";
import { StoreUnavailable } from "../../domain/errors.ts";
import { COPY_TABLE } from "../copy-tables.ts";
import type { Tables } from "../tables.ts";
import type { RowKey } from "./rows.ts";

/** How far the copy of one table has come. The target records it in the transaction that writes the rows. */
export interface TablePlace {
  readonly rows: number;
  readonly after: RowKey | undefined;
  readonly isDone: boolean;
}

/** The store from which a copy is made: a copy that goes on must be of the same one, at the same version. */
export interface CopyOrigin {
  readonly version: number;
  /** When the first migration of that store was applied. */
  readonly made: string;
}

/** The state of a copy, as its target has it. */
export interface CopyRecord {
  readonly origin: CopyOrigin;
  /** The statements that end the copy. */
  readonly statements: readonly string[];
  readonly places: ReadonlyMap<string, TablePlace>;
}

const ORIGIN = "origin";
const STATEMENTS = "statements";
const BEGINNING: TablePlace = { rows: 0, after: undefined, isDone: false };

export async function makeRecord(
  tx: Kysely<Tables>,
  origin: CopyOrigin,
  statements: readonly string[],
): Promise<CopyRecord> {
  await sql`create table ${sql.id(COPY_TABLE)} (item text primary key, place text not null)`.execute(tx);
  await put(tx, ORIGIN, origin);
  await put(tx, STATEMENTS, statements);
  return { origin, statements, places: new Map() };
}

export async function readRecord(db: Kysely<Tables>): Promise<CopyRecord> {
  const { rows } = await sql<{ item: string; place: string }>`select item, place from ${sql.id(COPY_TABLE)}`.execute(
    db,
  );
  const items = new Map(rows.map(({ item, place }) => [item, JSON.parse(place) as unknown]));
  const [origin, statements] = [items.get(ORIGIN), items.get(STATEMENTS)];
  items.delete(ORIGIN);
  items.delete(STATEMENTS);
  return {
    origin: origin as CopyOrigin,
    statements: statements as readonly string[],
    places: items as ReadonlyMap<string, TablePlace>,
  };
}

export function placeOf(record: CopyRecord, table: string): TablePlace {
  return record.places.get(table) ?? BEGINNING;
}

/** Records the next place, inside the transaction that brings the table there. @throws StoreUnavailable if another process copies, too. */
export async function movePlace(
  tx: Kysely<Tables>,
  table: string,
  { from, to }: { readonly from: TablePlace; readonly to: TablePlace },
): Promise<void> {
  const { rows } = await sql<{ place: string }>`
    select place from ${sql.id(COPY_TABLE)} where item = ${table}`.execute(tx);
  const [row] = rows;
  if ((row?.place ?? JSON.stringify(BEGINNING)) !== JSON.stringify(from))
    throw new StoreUnavailable("another process copies into the same place", {
      hint: "Wait until it has ended, and look at its result.",
    });
  await sql`delete from ${sql.id(COPY_TABLE)} where item = ${table}`.execute(tx);
  await put(tx, table, to);
}

async function put(tx: Kysely<Tables>, item: string, place: unknown): Promise<void> {
  await sql`insert into ${sql.id(COPY_TABLE)} (item, place) values (${item}, ${JSON.stringify(place)})`.execute(tx);
}
