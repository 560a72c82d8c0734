import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasMariadb, startMariadb } from "../helpers/mariadb.ts";
import type { MariadbServer } from "../helpers/mariadb.ts";
import { migrationScene } from "../helpers/migrations.ts";

describe.skipIf(!hasMariadb)("plain SQL on MariaDB", () => {
  let server: MariadbServer;
  beforeAll(async () => {
    server = await startMariadb();
  }, 60_000);
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
