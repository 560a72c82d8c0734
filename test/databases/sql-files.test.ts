import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseDatabaseUrl } from "../../src/databases/database-url.ts";
import { readSqlMigrations } from "../../src/databases/sql-files.ts";
import type { SqlMigration } from "../../src/databases/sql-files.ts";
import { transactionWordIn } from "../../src/databases/transaction-words.ts";
import { localHost } from "../../src/host/local-host.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

async function read(files: Readonly<Record<string, string>>): Promise<readonly SqlMigration[]> {
  const folder = join(temporaryFolder(), "migrations");
  mkdirSync(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return await readSqlMigrations(localHost().files, folder);
}

describe("a folder of SQL migrations", () => {
  it("is read in the order people count in, whatever else lies in it", async () => {
    const found = await read({
      "10_c.sql": "c",
      "2_b.up.sql": "b",
      "2_b.down.sql": "-b",
      "0001_a.sql": "a",
      "README.md": "",
    });
    expect(found.map(({ id, reversible }) => [id, reversible])).toEqual([
      ["0001_a", false],
      ["2_b", true],
      ["10_c", false],
    ]);
  });

  it("keeps every section at its line", async () => {
    const [found] = await read({
      "1_a.sql": "-- head\n-- migrate:up\none;\n-- migrate:down transaction:false\ntwo;\n",
    });
    expect(found?.up.sql.split("\n")[2]).toBe("one;");
    expect(found?.down?.sql).toBe("\n\n\n-- migrate:down transaction:false\ntwo;\n");
    expect([found?.up.transaction, found?.down?.transaction]).toEqual([true, false]);
  });

  it("says what is missing where there is no such folder", async () => {
    await expect(readSqlMigrations(localHost().files, "/nowhere/migrations")).rejects.toMatchObject({
      message: "there is no folder of migrations /nowhere/migrations",
      hint: expect.stringContaining("database.migrations"),
    });
  });

  it.each<[Record<string, string>, string]>([
    [{ "1 a.sql": "" }, '"1 a.sql" is no name for a migration'],
    [{ "1_a.sql": "", "1_a.up.sql": "" }, "there are two migrations 1_a"],
    [{ "1_a.down.sql": "" }, "1_a.down.sql takes back a migration that is not there"],
    [{ "1_a.sql": "-- migrate:down\n-- migrate:up\n" }, "1_a.sql must begin with"],
    [{ "1_a.up.sql": "-- migrate:up\n-- migrate:down\n", "1_a.down.sql": "" }, "1_a.up.sql has a section migrate:down"],
    [{ "1_a.sql": "create table a (x text);\ncommit;" }, "1_a.sql says COMMIT itself"],
  ])("is refused where it is not clear: %j", async (files, message) => {
    await expect(read(files)).rejects.toThrow(message);
  });
});

describe("words that end a transaction", () => {
  it.each([
    "begin;",
    "BEGIN TRANSACTION;",
    "select 1; commit",
    "start transaction read only;",
    "rollback;",
    "/* x */ begin immediate ;",
  ])("are found in %s", (sql) => {
    expect(transactionWordIn(sql)).toMatch(/begin|commit|start|rollback/i);
  });

  it.each([
    "select 'commit;';",
    "-- commit;\nselect 1;",
    "/* commit; */",
    'select ";commit;" from a;',
    "create function f() returns void language plpgsql as $body$ begin commit; end $body$;",
    "create trigger t after insert on a begin update b set x = 1; end;",
    "rollback to savepoint s; rollback transaction to s;",
    "select a as begin_at;",
    "insert into a values ('it''s; commit; ''');",
  ])("are not seen in %s", (sql) => {
    expect(transactionWordIn(sql)).toBeUndefined();
  });
});

describe("a database's URL", () => {
  it("is read in parts, escapes resolved", () => {
    expect(parseDatabaseUrl("postgresql+psycopg2://ann:p%40ss@[::1]:5433/shop?sslmode=require")).toMatchObject({
      scheme: "postgresql",
      user: "ann",
      password: "p@ss",
      host: "::1",
      port: "5433",
      database: "shop",
    });
    expect(parseDatabaseUrl("postgres:///shop?host=/run/postgresql").parameters.get("host")).toBe("/run/postgresql");
    for (const url of ["sqlite:/srv/x.db", "sqlite:///srv/x.db", "sqlite:////srv/x.db"])
      expect(parseDatabaseUrl(url).database).toBe("/srv/x.db");
  });

  it.each([
    "shop",
    "sqlite:shop.db",
    "sqlite://srv/x.db",
    "postgres://ann:s3cret@host:port/db",
    "postgres://a:%zz@h/d",
  ])("is refused without being shown: %s", (url) => {
    expect(() => parseDatabaseUrl(url)).toThrow(/^database\.url is not understood: (?!.*(s3cret|%zz))/);
  });
});
