import { setTimeout as sleep } from "node:timers/promises";
import { CompiledQuery, sql } from "kysely";
import type { Kysely } from "kysely";
import { StoreUnavailable } from "../../domain/errors.ts";
import { PLACE_TABLES } from "../copy-tables.ts";
import type { Tables } from "../tables.ts";
import type { Copying, StoreColumn } from "./backend.ts";

/** A session that ends is gone after this. */
const PAUSES = 10;
const PAUSE_MS = 200;

const KINDS: Readonly<Record<string, StoreColumn["kind"]>> = {
  text: "text",
  bigint: "integer",
  "double precision": "real",
  bytea: "bytes",
};

interface ColumnRow {
  readonly table: string;
  readonly name: string;
  readonly type: string;
  /** The place in the primary key. */
  readonly place: number | null;
}

/** The parts of PostgreSQL that copying a store needs. @param name the store's, for messages @param isPooled a pooler keeps sessions that nobody uses */
export function postgresCopying(name: string, isPooled: boolean): Copying {
  const tables: Copying["tables"] = async (db) => {
    const { rows } = await sql<ColumnRow>`
      select c.relname as "table", a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
        array_position(string_to_array(i.indkey::text, ' ')::bigint[], a.attnum::bigint) as place
      from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      left join pg_index i on i.indrelid = c.oid and i.indisprimary
      where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r'
      order by c.relname collate "C", a.attnum`.execute(db);
    return [...Map.groupBy(rows, ({ table }) => table)]
      .filter(([table]) => !PLACE_TABLES.includes(table))
      .map(([table, columns]) => ({
        name: table,
        columns: columns.map(columnOf),
        key: columns
          .flatMap((each) => (each.place === null ? [] : [{ place: each.place, column: columnOf(each) }]))
          .toSorted((a, b) => a.place - b.place)
          .map(({ column }) => column),
      }));
  };
  return {
    keepsNul: false,
    tables,
    async holdStill(tx) {
      const other = await otherSession(tx, isPooled);
      if (other !== undefined)
        throw new StoreUnavailable(`the store ${name} is in use: ${other} is connected to it`, {
          hint: "The name is that of a fraisier, its host and its process. Stop the daemon of that host (systemctl stop fraisier) and wait for its commands, then try again.",
        });
      // The copy may think for longer than a transaction usually may.
      await sql`set local idle_in_transaction_session_timeout = 0`.execute(tx);
      for (const table of await tables(tx)) await sql`lock table ${sql.id(table.name)} in share mode`.execute(tx);
    },
    allowDangling: () => undefined,
    async loosen(tx) {
      const { rows } = await sql<{ drop: string; make: string }>`
        select format('drop trigger %I on %s', tgname, tgrelid::regclass) as drop, pg_get_triggerdef(t.oid) as make
        from pg_trigger t join pg_class c on c.oid = tgrelid
        where c.relnamespace = current_schema()::regnamespace and not tgisinternal
        union all
        select format('alter table %s drop constraint %I', conrelid::regclass, conname),
          format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
        from pg_constraint where contype = 'f' and connamespace = current_schema()::regnamespace`.execute(tx);
      for (const { drop } of rows) await tx.executeQuery(CompiledQuery.raw(drop));
      return rows.map(({ make }) => make);
    },
    async tighten(tx, statements) {
      // Each reference of each row is looked at.
      await sql`set local statement_timeout = 0`.execute(tx);
      for (const each of statements) await tx.executeQuery(CompiledQuery.raw(each));
    },
  };
}

/** The name of another fraisier that is connected, after a moment in which the server notices that a killed one is gone. */
async function otherSession(tx: Kysely<Tables>, isPooled: boolean): Promise<string | undefined> {
  for (let pauses = 0; ; pauses += 1) {
    // The server shows a transaction the sessions of its first look, unless it is told to look anew.
    await sql`select pg_stat_clear_snapshot()`.execute(tx);
    const { rows } = await sql<{ application: string }>`
      select application_name as application from pg_stat_activity
      where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()
        and application_name like 'fraisier@%'
        and (not ${sql.lit(isPooled)} or pid in (select pid from pg_locks where locktype = 'advisory' and objsubid = 1)) order by application_name limit 1`.execute(
      tx,
    );
    const [other] = rows;
    if (other === undefined || pauses === PAUSES) return other?.application;
    await sleep(PAUSE_MS);
  }
}

function columnOf({ table, name, type }: ColumnRow): StoreColumn {
  const kind = KINDS[type];
  if (kind === undefined) throw new TypeError(`${table}.${name} has the type ${type}, which a copy does not know`);
  return { name, kind };
}
