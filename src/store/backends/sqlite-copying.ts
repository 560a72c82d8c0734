import type Database from "better-sqlite3";
import { CompiledQuery, sql } from "kysely";
import { PLACE_TABLES } from "../copy-tables.ts";
import type { Copying, StoreColumn } from "./backend.ts";

const KINDS: Readonly<Record<string, StoreColumn["kind"]>> = {
  TEXT: "text",
  INTEGER: "integer",
  REAL: "real",
  BLOB: "bytes",
};

interface ColumnRow {
  readonly table: string;
  readonly name: string;
  readonly type: string;
  readonly pk: number;
}

/** The parts of SQLite that copying a store needs. */
export function sqliteCopying(database: Database.Database): Copying {
  return {
    keepsNul: true,
    async tables(db) {
      const { rows } = await sql<ColumnRow>`
        select t.name as "table", c.name, c.type, c.pk from sqlite_master t join pragma_table_info(t.name) c
        where t.type = 'table' and t.name not like 'sqlite!_%' escape '!' order by t.name, c.cid`.execute(db);
      const byTable = Map.groupBy(rows, ({ table }) => table);
      return [...byTable]
        .filter(([name]) => !PLACE_TABLES.includes(name))
        .map(([name, columns]) => ({
          name,
          columns: columns.map(columnOf),
          key: columns
            .filter(({ pk }) => pk > 0)
            .toSorted((a, b) => a.pk - b.pk)
            .map(columnOf),
        }));
    },
    // Every transaction has the lock of the only writer.
    holdStill: async () => undefined,
    allowDangling: () => void database.pragma("foreign_keys = off"),
    async loosen(tx) {
      const { rows } = await sql<{ name: string; sql: string }>`
        select name, sql from sqlite_master where type = 'trigger' order by rowid`.execute(tx);
      for (const { name } of rows) await sql`drop trigger ${sql.id(name)}`.execute(tx);
      return rows.map(({ sql: text }) => text);
    },
    async tighten(tx, statements) {
      for (const each of statements) await tx.executeQuery(CompiledQuery.raw(each));
      const dangling = database.pragma("foreign_key_check") as { table: string; parent: string }[];
      const [first] = dangling;
      if (first !== undefined)
        throw new Error(`a row of ${first.table} refers to a row of ${first.parent} that is not there`);
    },
  };
}

function columnOf({ table, name, type }: ColumnRow): StoreColumn {
  const kind = KINDS[type.toUpperCase()];
  if (kind === undefined) throw new TypeError(`${table}.${name} has the type ${type}, which a copy does not know`);
  return { name, kind };
}
