import { sql } from "kysely";
import type { Checking, Reference } from "./backend.ts";

/** The parts of SQLite that looking for broken promises needs. */
export const sqliteChecking: Checking = {
  async references(db) {
    const { rows } = await sql<Reference>`
      select t.name as "table", f."from" as "column", f."table" as parent, f."to" as "parentColumn"
      from sqlite_master t join pragma_foreign_key_list(t.name) f where t.type = 'table' order by t.name, f.id`.execute(
      db,
    );
    return rows;
  },
  async otherViews(db, views) {
    const { rows } = await sql<{ name: string; sql: string }>`
      select name, sql from sqlite_master where type = 'view'`.execute(db);
    const found = new Map(rows.map((row) => [row.name, definition(row.sql)]));
    return views
      .filter(({ name, sql: text }) => found.get(name) !== definition(`create view ${name} as ${text}`))
      .map(({ name }) => name);
  },
};

function definition(text: string): string {
  return text
    .replace(/^create view /i, "")
    .replaceAll(/\s+/g, " ")
    .trim();
}
