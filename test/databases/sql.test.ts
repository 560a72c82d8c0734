import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { migrationScene } from "../helpers/migrations.ts";
import type { MigrationScene } from "../helpers/migrations.ts";
import { hasPostgres, startPostgres } from "../helpers/postgres.ts";
import type { PostgresServer } from "../helpers/postgres.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

interface Engine {
  /** A new empty database. */
  create(): { readonly url: string; query(sql: string): readonly string[] };
}

let server: PostgresServer | undefined;
let count = 0;
if (hasPostgres) {
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(async () => await server?.stop());
}

const engines: Readonly<Record<string, Engine>> = {
  SQLite: {
    create() {
      const file = join(temporaryFolder(), "shop.db");
      return {
        url: `sqlite:${file}`,
        query: (sql) =>
          execFileSync("sqlite3", [file, sql], { encoding: "utf8" })
            .split("\n")
            .filter((line) => line !== ""),
      };
    },
  },
  ...(hasPostgres && {
    PostgreSQL: {
      create() {
        if (server === undefined) throw new Error("the server is not up");
        const { query, database } = server;
        const url = database(`shop${++count}`);
        return { url, query: (sql: string) => query(url, sql) };
      },
    },
  }),
};

const THREE = {
  "migrations/0001_users.up.sql": "create table users (id integer primary key, name varchar(40) not null);\n",
  "migrations/0001_users.down.sql": "drop table users;\n",
  "migrations/0002_price.sql":
    "-- migrate:up\ncreate table price (amount integer);\ninsert into price values (7);\n-- migrate:down\ndrop table price;\n",
  "migrations/0003_data.sql": "insert into users (id, name) values (1, 'Ann; -- no comment')",
};

if (hasPostgres) {
  describe("a deployer that dies on PostgreSQL", () => {
    it("leaves no migration that comes to life later, and the next one takes up from there", async () => {
      const database = engines["PostgreSQL"]?.create();
      const { migrator, files, states, record } = await migrationScene({ tool: "sql" }, database?.url);
      files({ "migrations/0001_slow.sql": "select pg_sleep(2);\ncreate table slow (a integer);\n" });
      const died = new AbortController();
      const running = migrator({ signal: died.signal }).apply();
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      died.abort(new Error("died"));
      await expect(running).rejects.toThrow("died");
      expect(await record()).toEqual(["0001_slow applying"]);
      files({ "migrations/0001_slow.sql": "create table slow (a integer);\n" });
      expect(await migrator().apply()).toHaveLength(1);
      expect(await states()).toEqual(["0001_slow applied"]);
      expect(await record()).toEqual(["0001_slow failed", "0001_slow success"]);
    });

    it("is given its password in the environment only", async () => {
      const database = engines["PostgreSQL"]?.create();
      const { migrator, files } = await migrationScene({ tool: "sql" }, database?.url);
      files({ "migrations/0001_slow.sql": "select pg_sleep(1);\n" });
      const running = migrator().apply();
      let seen = "";
      for (let i = 0; i < 12; i++) {
        seen += execFileSync("ps", ["-eo", "args"], { encoding: "utf8" });
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      await running;
      expect(seen).toContain("psql");
      for (const secret of [server?.password ?? "", encodeURIComponent(server?.password ?? "")])
        expect(seen).not.toContain(secret);
    });
  });
}

describe.each(Object.entries(engines))("plain SQL on %s", (_, engine) => {
  async function scene(
    files: Readonly<Record<string, string>> = THREE,
  ): Promise<MigrationScene & ReturnType<Engine["create"]>> {
    const database = engine.create();
    const made = await migrationScene({ tool: "sql" }, database.url);
    made.files(files);
    return { ...made, ...database };
  }

  it("applies what is pending in order, once, and records it in the database and in the store", async () => {
    const { migrator, states, record, query, store, log } = await scene();
    expect(await states()).toEqual(["0001_users pending", "0002_price pending", "0003_data pending"]);
    expect(await migrator({ deployment: "d1" }).apply().catch(String)).toMatch(/FOREIGN KEY/);
    const applied = await migrator().apply();
    expect(applied.map(({ id }) => id)).toEqual(["0001_users", "0002_price", "0003_data"]);
    expect(query("select name from users")).toEqual(["Ann; -- no comment"]);
    expect(await states()).toEqual(["0001_users applied", "0002_price applied", "0003_data applied"]);
    expect(query("select id, state from fraisier_migration order by sequence")).toEqual([
      "0001_users|applied",
      "0002_price|applied",
      "0003_data|applied",
    ]);
    expect(await record()).toEqual(["0001_users success", "0002_price success", "0003_data success"]);
    const [newest] = await store.databases.migrationHistory(
      { fraise: "api", environment: "production", job: "" },
      { limit: 1 },
    );
    expect(newest).toMatchObject({
      file: "migrations/0003_data.sql",
      sha256: createHash("sha256").update(THREE["migrations/0003_data.sql"]).digest("hex"),
      appliedBy: "ann",
      tool: "sql",
      appliedAt: expect.stringMatching(/Z$/),
      executionTimeMs: expect.any(Number),
    });
    expect(await migrator().apply()).toEqual([]);
    expect(log.at(-1)).toBe("no migration is pending");
  });

  it("keeps nothing of a migration that fails half way, says the line, and goes on after it is mended", async () => {
    const { migrator, files, query, record, states } = await scene();
    files({
      "migrations/0002_price.sql":
        "-- migrate:up\ncreate table price (amount integer);\n\nselect no_such_column from price;\n",
    });
    await expect(migrator().apply()).rejects.toThrow(/0002_price\.sql: .*no_such_column/s);
    expect(() => query("select * from price")).toThrow(/no such table|does not exist/);
    expect(await states()).toEqual(["0001_users applied", "0002_price pending", "0003_data pending"]);
    expect(await record()).toEqual(["0001_users success", "0002_price failed"]);
    files({ "migrations/0002_price.sql": THREE["migrations/0002_price.sql"] });
    await migrator().apply();
    expect(query("select amount from price")).toEqual(["7"]);
  });

  it("takes migrations back, newest first, and stops at one without a way back", async () => {
    const { migrator, states, query, record } = await scene();
    await migrator().apply({ to: "0002_price" });
    expect(
      (await migrator().takeBack((found) => found.filter(({ state }) => state === "applied"))).map(({ id }) => id),
    ).toEqual(["0002_price", "0001_users"]);
    expect(query("select count(*) from fraisier_migration")).toEqual(["0"]);
    expect(await record()).toEqual(["0001_users rolled_back", "0002_price rolled_back"]);
    await migrator().apply();
    await expect(migrator().takeBack((found) => found)).rejects.toThrow(
      "0003_data cannot be taken back: it has no way back, and applied still: 0001_users, 0002_price, 0003_data",
    );
    expect(await states()).toEqual(["0001_users applied", "0002_price applied", "0003_data applied"]);
  });

  it("names a file that was changed after it was applied, and lets a person say that it does not matter", async () => {
    const { migrator, files, states } = await scene();
    await migrator().apply();
    files({
      "migrations/0002_price.sql": `${THREE["migrations/0002_price.sql"]}-- a comment\n`,
      "migrations/0004_more.sql": "create table more (a integer)",
    });
    expect(await states()).toContain("0002_price changed");
    await expect(migrator().apply()).rejects.toMatchObject({
      message: expect.stringMatching(
        /changed after it was applied: .*0002_price\.sql \(SHA-256 [0-9a-f]{12} then, [0-9a-f]{12} now\)/,
      ),
      hint: expect.stringContaining("mark-applied"),
    });
    await migrator().mark("0002_price", true);
    expect((await migrator().apply()).map(({ id }) => id)).toEqual(["0004_more"]);
  });

  it("applies one that comes out of order, and says so", async () => {
    const { migrator, files, states, log } = await scene();
    await migrator().apply();
    files({ "migrations/0002_b.sql": "create table b (a integer)" });
    expect(await states()).toContain("0002_b pending late");
    await migrator().apply();
    expect(log).toContain("out of order, as later ones are applied already: 0002_b");
  });

  it("keeps on running what this release does not know any more", async () => {
    const { migrator, files, states } = await scene();
    await migrator().apply();
    files({ "migrations/0003_data.sql": null });
    expect(await states()).toEqual(["0003_data missing", "0001_users applied", "0002_price applied"]);
    expect(await migrator().apply()).toEqual([]);
  });

  it("refuses a file that ends the transaction itself, and runs one that says it has none", async () => {
    const { migrator, files, query, states } = await scene({
      "migrations/0001_a.sql": "begin;\ncreate table a (a integer);\ncommit;\n",
    });
    await expect(migrator().apply()).rejects.toThrow("0001_a.sql says BEGIN itself");
    files({ "migrations/0000_fine.sql": "create table fine (a integer);" });
    await expect(migrator().check()).rejects.toThrow("0001_a.sql says BEGIN itself");
    await expect(migrator().apply()).rejects.toThrow("0001_a.sql says BEGIN itself");
    expect(await states()).toEqual(["0000_fine pending", "0001_a pending"]);
    files({ "migrations/0000_fine.sql": null });
    files({ "migrations/0001_a.sql": "-- migrate:no-transaction\nbegin;\ncreate table a (a integer);\ncommit;\n" });
    await migrator().apply();
    expect(query("select state from fraisier_migration")).toEqual(["applied"]);
  });

  it("stops at one that died outside of a transaction until a person has looked", async () => {
    const { migrator, files, states } = await scene({
      "migrations/0001_a.sql":
        "-- migrate:no-transaction\ncreate table a (a integer);\nselect no_such_column from a;\n",
    });
    await expect(migrator().apply()).rejects.toThrow("no_such_column");
    expect(await states()).toEqual(["0001_a unfinished"]);
    // It may be somebody else's who is at it right now: who looks without the lock cannot tell.
    await expect(migrator().check()).resolves.toBeUndefined();
    files({ "migrations/0001_a.sql": "-- migrate:no-transaction\ncreate table a (a integer);\n" });
    await expect(migrator().apply()).rejects.toThrow("0001_a began without a transaction and never ended");
    await migrator().mark("0001_a", false);
    expect(await states()).toEqual(["0001_a pending"]);
    await migrator().mark("0001_a", true);
    expect(await states()).toEqual(["0001_a applied"]);
  });

  it("is marked while a release runs that does not have its file, as after a deployment that was taken back", async () => {
    const text = "-- migrate:no-transaction\ncreate table a (a integer);\nselect no_such_column from a;\n";
    const { migrator, files, states } = await scene({ "migrations/0001_a.sql": text });
    await expect(migrator().apply()).rejects.toThrow("no_such_column");
    files({ "migrations/0001_a.sql": null });
    expect(await states()).toEqual(["0001_a unfinished"]);
    await migrator().mark("0001_a", true);
    expect(await states()).toEqual(["0001_a missing"]);
    await migrator().mark("0001_a", false);
    expect(await states()).toEqual([]);
    files({ "migrations/0001_a.sql": "create table other (a integer);\n" });
    expect(await migrator().apply()).toHaveLength(1);
  });

  it("does not take an open quote for success", async () => {
    const { migrator, states } = await scene({ "migrations/0001_a.sql": "create table a (a integer);\nselect 'oh" });
    await expect(migrator().apply()).rejects.toThrow(/0001_a/);
    expect(await states()).toEqual(["0001_a pending"]);
  });

  it("empties the database and applies everything anew when told to rebuild", async () => {
    const { migrator, query, states } = await scene();
    await migrator().apply();
    query("create table by_hand (a integer)");
    query("insert into users (id, name) values (2, 'Bob')");
    await migrator().apply({ rebuild: true });
    expect(query("select name from users")).toEqual(["Ann; -- no comment"]);
    expect(() => query("select * from by_hand")).toThrow(/no such table|does not exist/);
    expect(await states()).toEqual(["0001_users applied", "0002_price applied", "0003_data applied"]);
  });

  it("reconciles its record with the database after a crash between the two", async () => {
    const { migrator, store, record } = await scene();
    await migrator().apply();
    const target = { fraise: "api", environment: "production", job: "" };
    const [newest] = await store.databases.migrationHistory(target, { limit: 1 });
    await store.databases.settleMigration(newest?.id ?? "", { status: "applying" });
    await store.databases.beginMigration(target, {
      migration: "0004_x",
      tool: "sql",
      file: "",
      sha256: "",
      deployment: undefined,
      by: "ann",
      status: "applying",
    });
    await migrator().apply();
    expect(await record()).toEqual(["0001_users success", "0002_price success", "0003_data success", "0004_x failed"]);
  });

  it("lets only one of several deployers migrate, and the others find it done", async () => {
    const { migrator, query, record } = await scene();
    const results = await Promise.all([1, 2, 3].map(() => migrator().apply()));
    expect(results.map((each) => each.length).toSorted((a, b) => a - b)).toEqual([0, 0, 3]);
    expect(query("select amount from price")).toEqual(["7"]);
    expect(await record()).toEqual(["0001_users success", "0002_price success", "0003_data success"]);
  });

  it("gives up waiting for another one in time, and names it", async () => {
    const { migrator, files } = await scene();
    files({ "migrations/0004_wait.sh": "" });
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const first = migrator().apply({ before: () => held });
    await new Promise((resolve) => setTimeout(resolve, 400));
    await expect(migrator({ settings: { lock_timeout: 600 } }).apply()).rejects.toThrow(
      /somebody else migrates the \w+ database .* \(.*\): waited 0\.6 s/,
    );
    release();
    expect(await first).toHaveLength(3);
  });
});

describe("an SQLite database whose writer was killed", () => {
  it("is looked at as it was before", async () => {
    const file = join(temporaryFolder(), "shop.db");
    const sql = (text: string): string => execFileSync("sqlite3", ["-bail", file], { input: text, encoding: "utf8" });
    sql("create table a (x); insert into a values (1);");
    // Its journal says that the file holds half a transaction.
    const journal = `${file}-journal`;
    const killed = spawnSync("sqlite3", [file], {
      input: `pragma cache_size = 5; begin; update a set x = 2;
          with recursive n(i) as (select 1 union all select i + 1 from n where i < 20000) insert into a select printf('%0100d', i) from n;
.shell kill -9 $PPID\n`,
    });
    expect(killed.signal).toBe("SIGKILL");
    expect(existsSync(journal)).toBe(true);
    const copies = [file, journal].map((path) => readFileSync(path));
    const { migrator, files, states } = await migrationScene({ tool: "sql" }, `sqlite:${file}`);
    files({ "migrations/0001_b.sql": "create table b (x);" });
    expect(await states()).toEqual(["0001_b pending"]);
    expect(sql("select * from a")).toBe("1\n");
    for (const [index, path] of [file, journal].entries()) writeFileSync(path, copies[index] ?? "");
    await migrator().apply();
    expect(sql("select * from a; select * from fraisier_migration")).toMatch(/^1\n0001_b/);
  });
});
