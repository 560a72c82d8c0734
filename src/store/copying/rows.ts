import { CompiledQuery, sql } from "kysely";
import type { Kysely, RawBuilder } from "kysely";
import type { StoreColumn, StoreTable } from "../backends/backend.ts";
import type { Tables } from "../tables.ts";

/** A value as it is copied: integers are text, as a number of JavaScript cannot hold each of them. */
export type CopiedValue = string | number | Uint8Array | null;
export type CopiedRow = Readonly<Record<string, CopiedValue>>;

/** The key of a row, as JSON can hold it. */
export type RowKey = readonly (string | number | { readonly base64: string } | null)[];

/** Rows at once, and the bytes above which fewer are read: a delivery may have a body of megabytes. */
const MOST_ROWS = 2_000;
const MOST_BYTES = 4 * 2 ** 20;
/** SQLite binds at most 32,766 values in one statement, PostgreSQL twice as many. */
const MOST_VALUES = 10_000;

export interface Page {
  readonly rows: readonly CopiedRow[];
  readonly isLast: boolean;
}

/** The rows behind a key, in the order of keys. */
export async function readPage(db: Kysely<Tables>, table: StoreTable, after: RowKey | undefined): Promise<Page> {
  const lengths = table.columns
    .filter(({ kind }) => kind === "text" || kind === "bytes")
    .map(({ name }) => sql`coalesce(octet_length(${sql.id(name)}), 0)`);
  const bytes = lengths.length === 0 ? sql`0` : sql.join(lengths, sql` + `);
  const { rows: sizes } = await sql<{ bytes: number }>`
    select ${bytes} as bytes ${behind(table, after)} limit ${sql.lit(MOST_ROWS)}`.execute(db);
  const count = fitting(sizes.map((each) => each.bytes));
  if (count === 0) return { rows: [], isLast: true };
  const { rows } = await sql<CopiedRow>`
    select ${sql.join(table.columns.map(selected))} ${behind(table, after)} limit ${sql.lit(count)}`.execute(db);
  return { rows, isLast: sizes.length < MOST_ROWS && count === sizes.length };
}

/** Adds rows as they are. */
export async function writeRows(db: Kysely<Tables>, table: StoreTable, rows: readonly CopiedRow[]): Promise<void> {
  const names = table.columns.map(({ name }) => name);
  const most = Math.max(1, Math.floor(MOST_VALUES / names.length));
  let text = "";
  let length = 0;
  for (let from = 0; from < rows.length; from += most) {
    const chunk = rows.slice(from, from + most);
    const values = chunk.map((row) => names.map((name) => row[name] ?? null));
    // Building a long statement costs more than running it.
    if (chunk.length !== length) {
      const places = sql.join(values.map((row) => sql`(${sql.join(row)})`));
      text =
        sql`insert into ${sql.id(table.name)} (${sql.join(names.map((name) => sql.id(name)))}) values ${places}`.compile(
          db,
        ).sql;
      length = chunk.length;
    }
    await db.executeQuery(CompiledQuery.raw(text, values.flat()));
  }
}

/** The key of a row that was read. */
export function keyOf(table: StoreTable, row: CopiedRow): RowKey {
  return table.key.map(({ name }) => {
    const value = row[name] ?? null;
    return value instanceof Uint8Array ? { base64: Buffer.from(value).toString("base64") } : value;
  });
}

function selected({ name, kind }: StoreColumn): RawBuilder<unknown> {
  return kind === "integer" ? sql`cast(${sql.id(name)} as text) as ${sql.id(name)}` : sql.id(name);
}

/** The table from behind a key on, in the order of keys. */
function behind({ name: table, key }: StoreTable, after: RowKey | undefined): RawBuilder<unknown> {
  const columns = sql.join(key.map(({ name }) => sql.id(name)));
  const values = (after ?? []).map((value, index) => {
    if (typeof value === "object" && value !== null) return sql`${Buffer.from(value.base64, "base64")}`;
    return key[index]?.kind === "integer" ? sql`cast(${value} as bigint)` : sql`${value}`;
  });
  const isBehind = after === undefined ? sql`true` : sql`(${columns}) > (${sql.join(values)})`;
  return sql`from ${sql.id(table)} where ${isBehind} order by ${columns}`;
}

/** How many of these sizes are read at once: at least one. */
function fitting(sizes: readonly number[]): number {
  let sum = 0;
  const end = sizes.findIndex((size) => (sum += size) > MOST_BYTES);
  return end === -1 ? sizes.length : Math.max(1, end);
}
