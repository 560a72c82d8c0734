import type { DialectAdapter, Insertable, Kysely } from "kysely";
import { CompiledQuery } from "kysely";
import type { Tables } from "../tables.ts";

/** The texts of inserts by table and number of rows, for each engine. */
const texts = new WeakMap<DialectAdapter, Map<string, string>>();

/** Rows in one statement: SQLite binds at most 32,766 values, and the text of each length is kept. */
const ROWS_PER_STATEMENT = 128;

/**
 * Adds any number of rows that all have the same columns in the same order. Building such a query costs more than running it, so the text for each
 * number of rows is built once.
 */
export async function insertRows<Table extends keyof Tables>(
  db: Kysely<Tables>,
  table: Table,
  rows: readonly Insertable<Tables[Table]>[],
): Promise<void> {
  for (let from = 0; from < rows.length; from += ROWS_PER_STATEMENT) {
    await insertChunk(db, table, rows.slice(from, from + ROWS_PER_STATEMENT));
  }
}

async function insertChunk<Table extends keyof Tables>(
  db: Kysely<Tables>,
  table: Table,
  rows: readonly Insertable<Tables[Table]>[],
): Promise<void> {
  const known = textsOf(db.getExecutor().adapter);
  const name = `${table} ${rows.length}`;
  let text = known.get(name);
  if (text === undefined) {
    text = db
      .insertInto(table)
      .values([...rows])
      .compile().sql;
    known.set(name, text);
  }
  await db.executeQuery(
    CompiledQuery.raw(
      text,
      rows.flatMap((row) => Object.values(row)),
    ),
  );
}

function textsOf(adapter: DialectAdapter): Map<string, string> {
  let known = texts.get(adapter);
  if (known === undefined) {
    known = new Map();
    texts.set(adapter, known);
  }
  return known;
}
