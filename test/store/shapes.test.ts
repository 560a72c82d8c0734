import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openStore } from "../../src/store/store.ts";
import { hasPostgres, startPostgres } from "../helpers/postgres.ts";
import type { PostgresServer } from "../helpers/postgres.ts";
import { freshStore } from "../helpers/store.ts";

/** A store's shape as lines of text, which say the same for both engines. */
type Shape = Readonly<Record<"columns" | "keys" | "indexes" | "references" | "words" | "views", readonly string[]>>;

/** A row of one of the questions below. */
interface SqliteRow extends Readonly<Record<"name" | "sql" | "type" | "table" | "from" | "to" | "on_delete", string>> {
  readonly pk: number;
  readonly notnull: number;
}

let server: PostgresServer;
let url: string;

/** Runners of the version before placements find their rows by these. A store on PostgreSQL refuses such runners. */
const ONLY_IN_SQLITE = new Set(["ux_fraise_state_target", "ux_group_file_target"]);

const lines = (texts: readonly string[]): readonly string[] => texts.map((text) => text.toLowerCase()).toSorted();

/** The words and numbers of a condition, without what each engine writes around them. */
const condition = (text: string): string =>
  [...new Set(text.toLowerCase().match(/'[^']*'|[a-z_]+|<>|\d+/g))]
    .filter(
      (word) =>
        !["in", "any", "array", "text", "bigint", "collate", "c", "select", "and", "check", "between"].includes(word),
    )
    .join(" ");

async function shapeOfSqlite(): Promise<Shape> {
  const { file } = await freshStore();
  const database = new Database(file);
  const all = (sql: string, ...values: readonly unknown[]) =>
    database.prepare(sql).all(...values) as readonly SqliteRow[];
  const tables = all("select name, sql from sqlite_master where type = 'table' and name not like 'sqlite_%'");
  const columns = (table: string) => all("select name, type, [notnull], pk from pragma_table_info(?)", table);
  const views = all("select name from sqlite_master where type = 'view'");
  const shape = {
    columns: lines(
      tables.flatMap(({ name }) =>
        columns(name).map((each) => `${name}.${each.name} ${each.type}${each.notnull === 1 ? " not null" : ""}`),
      ),
    ),
    keys: lines(
      tables.map(({ name }) => {
        const keys = columns(name).filter(({ pk }) => pk > 0);
        return `${name} (${keys
          .toSorted((a, b) => a.pk - b.pk)
          .map((each) => each.name)
          .join(", ")})`;
      }),
    ),
    indexes: lines(
      all("select name, sql from sqlite_master where type = 'index' and sql is not null")
        .filter(({ name }) => !ONLY_IN_SQLITE.has(name))
        .map(({ sql }) =>
          sql.replaceAll(/\s+/g, " ").replace(/ where (.*)$/, (_, where: string) => ` where ${condition(where)}`),
        ),
    ),
    references: lines(
      tables.flatMap(({ name }) =>
        all("select [table], [from], [to], on_delete from pragma_foreign_key_list(?)", name).map(
          (each) => `${name}.${each.from} -> ${each.table}.${each.to} on delete ${each.on_delete}`,
        ),
      ),
    ),
    words: lines(
      tables.flatMap(({ name, sql }) =>
        [...sql.replaceAll(/--.*/g, "").matchAll(/check \((.*?)\)\)?(?=,|\n|\))/gs)].map(
          ([, check = ""]) => `${name} ${condition(check)}`,
        ),
      ),
    ),
    views: lines(views.flatMap(({ name }) => columns(name).map((each) => `${name}.${each.name}`))),
  };
  database.close();
  return shape;
}

async function shapeOfPostgres(): Promise<Shape> {
  await (await openStore(url)).close();
  const ask = (sql: string): readonly string[] => server.query(url, sql);
  const inStore = "relnamespace = 'public'::regnamespace";
  return {
    columns: lines(
      ask(`select table_name || '.' || column_name || ' ' ||
        case data_type when 'bigint' then 'integer' when 'bytea' then 'blob' else data_type end ||
        case is_nullable when 'NO' then ' not null' else '' end
        from information_schema.columns join information_schema.tables using (table_schema, table_name)
        where table_schema = 'public' and table_type = 'BASE TABLE'`),
    ),
    keys: lines(
      ask(`select conrelid::regclass || ' (' || (select string_agg(attname, ', ' order by place)
        from unnest(conkey) with ordinality as keys (number, place) join pg_attribute on attrelid = conrelid and attnum = number) || ')'
        from pg_constraint where contype = 'p' and connamespace = 'public'::regnamespace`),
    ),
    indexes: lines(
      ask(`select replace(pg_get_indexdef(i.indexrelid), 'public.', '') from pg_index i join pg_class c on c.oid = i.indexrelid
        where c.${inStore} and not indisprimary`).map((text) =>
        text
          .replace(" USING btree", "")
          .replace(/ WHERE (.*)$/, (_, where: string) => ` where ${condition(where.replaceAll(/::\w+(\[\])?/g, ""))}`),
      ),
    ),
    references: lines(
      ask(`select conrelid::regclass || '.' || a.attname || ' -> ' || confrelid::regclass || '.' || b.attname || ' on delete ' ||
        case confdeltype when 'c' then 'cascade' when 'n' then 'set null' else 'no action' end
        from pg_constraint join pg_attribute a on a.attrelid = conrelid and a.attnum = conkey[1]
        join pg_attribute b on b.attrelid = confrelid and b.attnum = confkey[1] where contype = 'f'`),
    ),
    words: lines(
      ask(
        "select conrelid::regclass || ' ' || pg_get_constraintdef(oid) from pg_constraint where contype = 'c' and connamespace = 'public'::regnamespace",
      ).map((text) => {
        const [table = "", ...check] = text.split(" ");
        return `${table} ${condition(check.join(" ").replaceAll(/::\w+(\[\])?/g, ""))}`;
      }),
    ),
    views: lines(
      ask(`select table_name || '.' || column_name from information_schema.columns
        join information_schema.views using (table_schema, table_name) where table_schema = 'public'`),
    ),
  };
}

describe.skipIf(!hasPostgres)("a store in SQLite and a store on PostgreSQL", () => {
  beforeAll(async () => {
    server = await startPostgres();
    url = server.database("shape");
  });
  afterAll(async () => await server.stop());

  it("have the same tables, columns, keys, indexes, references, checks and views", async () => {
    const [sqlite, postgres] = [await shapeOfSqlite(), await shapeOfPostgres()];
    expect(sqlite.columns.length).toBeGreaterThan(200);
    expect(sqlite.words.length).toBeGreaterThan(10);
    expect(sqlite.indexes.length).toBeGreaterThan(30);
    expect(postgres).toEqual(sqlite);
  });

  it("sort every text by its bytes on PostgreSQL, whatever the database was created with", async () => {
    const other = server.query(
      url,
      `select table_name || '.' || column_name from information_schema.columns join information_schema.tables using (table_schema, table_name)
       where table_schema = 'public' and table_type = 'BASE TABLE' and data_type = 'text' and collation_name is distinct from 'C'`,
    );
    expect(other).toEqual([]);
  });
});
