import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDatabase } from "../../src/databases/clients/index.ts";
import { localHost } from "../../src/host/local-host.ts";
import { hasMariadb, startMariadb } from "../helpers/mariadb.ts";
import type { MariadbServer } from "../helpers/mariadb.ts";
import { migrationScene } from "../helpers/migrations.ts";

describe.skipIf(!hasMariadb)("plain SQL on MariaDB", () => {
  let server: MariadbServer;
  beforeAll(async () => {
    server = await startMariadb();
  });
  afterAll(async () => await server.stop());
  let count = 0;

  async function scene(files: Readonly<Record<string, string>>) {
    const name = `shop${++count}`;
    const made = await migrationScene({ tool: "sql" }, server.database(name));
    made.files(files);
    return { ...made, query: (sql: string) => server.query(name, sql) };
  }
  const TWO = {
    "migrations/0001_a.sql":
      "-- migrate:up\ncreate table a (x integer);\ninsert into a values (7);\n-- migrate:down\ndrop table a;\n",
    "migrations/0002_b.up.sql": "create table b (x integer)",
    "migrations/0002_b.down.sql": "drop table b",
  };

  it("applies once, takes back, rebuilds, and lets only one of several deployers migrate", async () => {
    const { migrator, states, record, query } = await scene(TWO);
    const results = await Promise.all([1, 2].map(() => migrator().apply()));
    expect(results.map((each) => each.length).toSorted((a, b) => a - b)).toEqual([0, 2]);
    expect(query("select x from a")).toEqual(["7"]);
    expect(query("select id, state from fraisier_migration order by sequence")).toEqual([
      "0001_a|applied",
      "0002_b|applied",
    ]);
    await migrator().takeBack((found) => found);
    expect(query("show tables")).toEqual(["fraisier_migration"]);
    await migrator().apply();
    query("create table by_hand (x integer)");
    await migrator().apply({ rebuild: true });
    expect(query("show tables")).toEqual(["a", "b", "fraisier_migration"]);
    expect(await states()).toEqual(["0001_a applied", "0002_b applied"]);
    expect((await record()).at(-1)).toBe("0002_b success");
  });

  it("stops at one that failed half way, as its first half is committed, until a person has looked", async () => {
    const { migrator, states, files, query } = await scene({
      "migrations/0001_a.sql": "create table a (x integer);\nselect y from a;\n",
    });
    await expect(migrator().apply()).rejects.toThrow(/0001_a\.sql: .*line 2.*'?y'?/s);
    expect(query("show tables")).toContain("a");
    expect(await states()).toEqual(["0001_a unfinished"]);
    await expect(migrator().apply()).rejects.toThrow("0001_a began without a transaction and never ended");
    query("drop table a");
    await migrator().mark("0001_a", false);
    files({ "migrations/0001_a.sql": "create table a (x integer);\n" });
    expect(await migrator().apply()).toHaveLength(1);
  });
});

describe.skipIf(!hasMariadb)("the MariaDB client", () => {
  let server: MariadbServer;
  beforeAll(async () => {
    server = await startMariadb();
  });
  afterAll(async () => await server.stop());

  const open = (url: string, env: Readonly<Record<string, string>> = {}) =>
    openDatabase(url, {
      host: localHost(),
      env: { PATH: process.env["PATH"] ?? "", ...env },
      user: undefined,
      signal: new AbortController().signal,
      name: "test",
    });
  const script = (sql: string) => ({ sql, transaction: false, timeoutMs: 30_000, what: "0001_a.sql" });

  it.each([{}, { LANG: "C.UTF-8" }, { LC_ALL: "de_DE.ISO-8859-1" }])(
    "writes and reads text as it is, whatever the locale: %j",
    async (env) => {
      const database = open(server.database(`text${Object.keys(env).join("")}`), env);
      await database.run(
        script("create table t (a varchar(50)) character set utf8mb4; insert into t values ('Zoë € 🍓');"),
      );
      expect(await database.query("select a, char_length(a), hex(a) from t")).toEqual([
        ["Zoë € 🍓", "7", Buffer.from("Zoë € 🍓").toString("hex").toUpperCase()],
      ]);
    },
  );

  it("empties a database of everything, and never is without it, so that it can be done again", async () => {
    const url = server.database("whole");
    const password = decodeURIComponent(new URL(url).password);
    server.query(
      "whole",
      `alter database whole character set latin1 collate latin1_german1_ci;
       create table \`a;\`\`b\` (id integer primary key); create table child (a integer, foreign key (a) references \`a;\`\`b\` (id));
       create view v as select * from child; create view w as select * from v; create sequence s; create table old (x integer) with system versioning;
       create procedure p() select 1; create function f() returns integer deterministic return 1;
       create event e on schedule every 1 day do select 1; create trigger t before insert on child for each row set new.a = 1;
       set sql_mode = oracle;
       delimiter //
       create package k as procedure p(); end; //
       create package body k as procedure p() as begin null; end; end; //`,
    );
    // May drop, and make nothing: what is dropped by mistake is gone.
    server.query(
      "whole",
      `create user dropper@localhost identified by '${password}'; grant all on whole.* to dropper@localhost; revoke create on whole.* from dropper@localhost`,
    );
    const database = open(url.replace("ann:", "dropper:"));
    await database.empty(30_000);
    await database.empty(30_000);
    await database.settle(1_000);
    const left = await database.query(
      `select count(*) from information_schema.tables where table_schema = 'whole' union all
       select count(*) from information_schema.routines where routine_schema = 'whole' union all
       select count(*) from information_schema.events where event_schema = 'whole'`,
    );
    expect(left).toEqual([["0"], ["0"], ["0"]]);
    expect(await database.query("select @@collation_database")).toEqual([["latin1_german1_ci"]]);
  });

  it("runs no script beside one that still runs", async () => {
    const url = server.database("busy");
    const running = open(url).run(script("do sleep(13); create table a (x integer);"));
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await expect(open(url).run(script("create table b (x integer);"))).rejects.toMatchObject({
      message: "0001_a.sql: another script of a deployment still runs in the MySQL database busy",
      hint: expect.stringContaining("show processlist"),
    });
    await running;
    expect(server.query("busy", "show tables")).toEqual(["a"]);
  });
});
