import type { DialectAdapter, Insertable, Kysely } from "kysely";
import { CompiledQuery } from "kysely";
import type { Tables } from "../tables.ts";

/** Of each engine, the text of an insert by table and number of rows. */
const texts = new WeakMap<DialectAdapter, Map<string, string>>();

/** Adds rows that all have the same columns in the same order. Building such a query costs more than running it, so each text is built once. */
export async function insertRows<Table extends keyof Tables>(
  db: Kysely<Tables>,
  table: Table,
  rows: readonly Insertable<Tables[Table]>[],
): Promise<void> {
  if (rows.length === 0) return;
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
