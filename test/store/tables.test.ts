import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { API, delivery, freshStore, revision, wanted } from "../helpers/store.ts";
import type { TypedColumn, TypedTables } from "../../scripts/typed-tables.ts";
import { typedTables } from "../../scripts/typed-tables.ts";

interface RealColumn {
  readonly name: string;
  /** `TEXT`, `INTEGER` or `BLOB`; empty if a view computes it. */
  readonly type: string;
  readonly notnull: 0 | 1;
  readonly dflt_value: string | null;
}

let read: TypedTables | undefined;

/** TypeScript is asked once. */
function typed(): TypedTables {
  read ??= typedTables();
  return read;
}

/** A new store, closed, with a few rows if the test writes some. */
async function storeWith(
  write?: (store: Awaited<ReturnType<typeof freshStore>>) => Promise<void>,
): Promise<Database.Database> {
  const store = await freshStore();
  await write?.(store);
  return new Database(store.file);
}

function namesOf(database: Database.Database, type: "table" | "view"): readonly string[] {
  const rows = database.prepare("select name from sqlite_master where type = ? and name not like 'sqlite_%'").all(type);
  // Migrations alone read this table, by SQL.
  return (rows as { name: string }[]).map(({ name }) => name).filter((name) => name !== "tb_store_migration");
}

function columnsOf(database: Database.Database, table: string): readonly RealColumn[] {
  return database.pragma(`table_info(${table})`) as RealColumn[];
}

/** Words that the checks of a table allow, by column. */
function wordsOf(database: Database.Database, table: string): Readonly<Record<string, readonly string[]>> {
  const sql = String(database.prepare("select sql from sqlite_master where name = ?").pluck().get(table));
  const lists = [...sql.matchAll(/check \((\w+) in \(([^)]*)\)\)/g)];
  return Object.fromEntries(
    lists.map(([, column = "", list = ""]) => [
      column,
      [...list.matchAll(/'(\w+)'/g)].map(([, word = ""]) => word).toSorted(),
    ]),
  );
}

const named = (columns: Readonly<Record<string, TypedColumn>> | undefined): readonly string[] =>
  Object.keys(columns ?? {}).toSorted();

describe("src/store/tables.ts", () => {
  it("has each table and view of a new store, and no other", async () => {
    const database = await storeWith();
    const real = [...namesOf(database, "table"), ...namesOf(database, "view")];
    expect(Object.keys(typed()).toSorted()).toEqual(real.toSorted());
  });

  it("has each column of a table with its type, and knows whether it may be null", async () => {
    const database = await storeWith();
    for (const table of namesOf(database, "table")) {
      const real = columnsOf(database, table).map(({ name, type, notnull }) => [
        name,
        { type: type.toLowerCase(), isNullable: notnull === 0 },
      ]);
      const told = Object.entries(typed()[table]?.columns ?? {}).map(([name, { type, isNullable }]) => [
        name,
        { type, isNullable },
      ]);
      expect({ table, columns: Object.fromEntries(told) }).toEqual({ table, columns: Object.fromEntries(real) });
    }
  });

  it("lets an insert leave out only columns that have a default", async () => {
    const database = await storeWith();
    const wrong = namesOf(database, "table").flatMap((table) =>
      columnsOf(database, table)
        .filter(
          ({ name, dflt_value: fallback }) => fallback === null && typed()[table]?.columns[name]?.isGenerated === true,
        )
        .map(({ name }) => `${table}.${name}`),
    );
    expect(wrong).toEqual([]);
  });

  it("has the words that a check of the database allows", async () => {
    const database = await storeWith();
    const checked = namesOf(database, "table").flatMap((table) =>
      Object.entries(wordsOf(database, table)).map(([column, words]) => ({ table, column, words })),
    );
    expect(checked.length).toBeGreaterThan(5);
    for (const { table, column, words } of checked)
      expect({ table, column, words: typed()[table]?.columns[column]?.words }).toEqual({ table, column, words });
  });

  it("has each column of a view, of the type that it has in rows, and knows whether it may be null", async () => {
    const database = await storeWith(async (store) => {
      await store.deliveries.record([delivery(revision("a"), { deliveryId: undefined })]);
      const [queued] = await store.deployments.history({ limit: 1 });
      await store.queue.claim(queued?.id ?? "", { leaseMs: 60_000, claimer: "{}" });
      await store.queue.noticeStuck(new Date(Date.now() + 1_000));
      await store.queue.cancel(queued?.id ?? "", "ann", "stuck");
      const { deployment } = await store.queue.enqueue(API, "person", wanted(revision("b"), { ref: undefined }));
      await store.queue.claim(deployment, { leaseMs: 60_000, claimer: "{}" });
      await store.queue.noticeStuck(new Date(Date.now() + 1_000));
      const web = { ...API, fraise: "web" };
      await store.queue.enqueue(web, "person", wanted(revision("b"), { ref: undefined }));
      const check = {
        type: "http",
        name: "front",
        status: "warned",
        seen: "",
        isHostFault: false,
        durationMs: 1,
        at: new Date(),
      } as const;
      await store.verifications.record({
        target: API,
        revision: revision("b"),
        deployment: undefined,
        results: [check],
      });
      const attempt = { migration: "1", tool: "sql", file: "", sha256: "", deployment: undefined, by: "ann" };
      await store.databases.beginMigration(API, { ...attempt, status: "applying" });
      const token = {
        hash: new Uint8Array(32),
        scope: "read",
        fraises: [],
        environments: [],
        createdBy: "ann",
      } as const;
      const times = { createdAt: new Date().toISOString(), expiresAt: undefined };
      await store.tokens.create({ ...token, ...times, id: "1", name: "old" });
      await store.tokens.use("1", new Date());
      await store.tokens.revoke({ id: "1", name: "old" }, "ann");
      await store.tokens.create({ ...token, ...times, id: "2", name: "ci", expiresAt: "2099-01-01T00:00:00.000Z" });
    });
    const wrong: unknown[] = [];
    // A target of which nothing is known yet but its name.
    database.exec("insert into tb_fraise_state (fraise, environment, updated_at) values ('docs', 'production', '')");
    for (const view of namesOf(database, "view")) {
      const columns = typed()[view]?.columns;
      expect({
        view,
        columns: columnsOf(database, view)
          .map(({ name }) => name)
          .toSorted(),
      }).toEqual({ view, columns: named(columns) });
      const rows = database.prepare(`select * from ${view}`).all() as Record<string, unknown>[];
      expect({ view, isEmpty: rows.length === 0 }).toEqual({ view, isEmpty: false });
      for (const { name, type } of columnsOf(database, view)) {
        const values = rows.map((row) => row[name]);
        const types = new Set(values.filter((value) => value !== null).map(typeOf));
        if (type !== "") types.add(type === "INT" ? "integer" : type.toLowerCase());
        const real = { type: [...types], isNullable: values.includes(null) };
        const told = { type: [columns?.[name]?.type], isNullable: columns?.[name]?.isNullable };
        if (JSON.stringify(real) !== JSON.stringify(told)) wrong.push({ view, name, told, real });
      }
    }
    expect(wrong).toEqual([]);
  });
});

function typeOf(value: unknown): string {
  if (typeof value === "string") return "text";
  return typeof value === "number" ? "integer" : "blob";
}
