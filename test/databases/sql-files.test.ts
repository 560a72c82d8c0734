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
    "begin isolation level serializable;",
    "create table b (x); end; create table c (x);",
    "END TRANSACTION",
    "end and chain;",
    "abort;",
    "abort work;",
    "prepare transaction 'x';",
    String.raw`insert into a values (E'it\'s'); commit; insert into a values ('x');`,
    "create table a (x text) /* $$ */; commit; select $1;",
    "create view v as select case when 1 then 2 end; end;",
    "create trigger t after insert on a begin update b set x = case when 1 then 2 end; end; end;",
    "create trigger t before insert on a for each row execute function f(); end;",
    "create table a (case_begin text); end;",
    'update a set "begin" = 1; end;',
    "create trigger t after insert on a when new.x = (case when 1 then 1 end) begin delete from b; end; commit;",
    "create function f() returns integer begin atomic select 1; end; end;",
    "select a$b$; commit; select c$b$;",
  ])("are found in %s", (sql) => {
    expect(transactionWordIn(sql)).toMatch(/^(begin|commit|start|rollback|end|abort|prepare)$/i);
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
    "select case when 1 then 2 end; select case x when 1 then 2 end from a;",
    "create temp trigger if not exists t after update of x on a for each row when new.x > 1 begin update b set x = case when 1 then case 2 when 3 then 4 end end; delete from c; end;",
    "CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END;\ncreate table b (x);",
    "create trigger t after insert on a begin update b set end = 1; end;",
    "create or replace function f(begin date) returns integer begin atomic select case 1 when 1 then 2 end; select 1; end;",
    "create procedure p() begin atomic end;",
    "do $$ begin perform 1; end $$;",
    "create function f() returns void language plpgsql as $a1$ begin commit; end; $a1$;",
    String.raw`insert into a values (e'it\'s; commit; ');`,
    String.raw`insert into a values ('\'); insert into a values ('; commit;');`,
    "create procedure p() begin if 1 then begin select 1; end; end if; case 1 when 1 then select 1; end case; end;",
    "delimiter //\ncreate procedure p() begin select 1; end//\ndelimiter ;\nselect 1;",
    "begin not atomic select 1; end;",
    "prepare x as select 1; rollback work to s;",
    "comment on table a is 'x; end;';",
    "insert into a values ('it''s; commit; ''');",
    "do $$\nbegin\n  if not exists (select 1) then\n    create type mood as enum ('ok');\n  end if;\nend\n$$;",
    "create function f() returns int language plpgsql as $$\ndeclare\n  x int;\nbegin\n  x := 1;\n  return x;\nend;\n$$;\nselect 1;",
    "/* Notes:\n   the old rows are kept;\n   commit them by hand later.\n*/\nselect 1;",
    "/*\n * Begin of the new scheme.\n */\nselect 1;",
    "insert into t values (E'a\\'\nb; commit;');",
    "insert into t values ('a\n; commit;\n');",
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
