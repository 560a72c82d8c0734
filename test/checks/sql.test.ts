import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sqlCall } from "../../src/checks/sql-clients.ts";
import { parseCsv } from "../../src/checks/csv.ts";
import { runCheck } from "../helpers/checks.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

describe("an sql check on a real SQLite file", () => {
  it("compares rows, one value, and the number of rows", async () => {
    const file = database();
    const run = (what: string): Promise<string> => runCheck(`{ type: sql, url: "sqlite://${file}", ${what} }`);
    expect(
      await run("query: 'select name, paid, note from plans order by name', rows: [[basic, 0, null], [pro, true, '']]"),
    ).toBe('passed: [["basic","0",null],["pro","1",""]]');
    expect(await run("query: select count(*) from plans; , value: 2")).toBe("passed: 2");
    expect(await run("query: 'select 2.50 -- a comment at the end', value: 2.5")).toMatch(/^passed/);
    expect(await run("query: select name from plans, value: pro")).toMatch(
      /^failed: \[\["basic"\],\["pro"\]\], not "pro"/,
    );
    expect(await run("query: select name from plans where 0, row_count: 0")).toBe("passed: 0 rows");
    expect(await run("query: select name from plans, row_count: 1")).toBe("failed: 2 rows, not 1");
    expect(await run("query: select name from plans where 0, value: null")).toBe("failed: no rows, not null");
    expect(await run(`query: "select 'a,\\"b\\nc'", value: "a,\\"b\\nc"`)).toMatch(/^passed/);
  });

  it("counts no rows of an answer that it did not read to its end", async () => {
    const query =
      "with recursive n(i) as (select 1 union all select i + 1 from n where i < 40000) select i, hex(zeroblob(15)) from n";
    expect(await runCheck(`{ type: sql, url: "sqlite://${database()}", query: "${query}", row_count: 40000 }`)).toBe(
      "failed: the answer is larger than 1 MiB: ask for less, for example count(*)",
    );
  });

  it("asks a database in WAL mode, also one that nobody has open", async () => {
    const file = database();
    execFileSync("sqlite3", [file, "pragma journal_mode = wal", "insert into plans values ('x', 1, '')"]);
    expect(await runCheck(`{ type: sql, url: "sqlite:${file}", query: select count(*) from plans, value: 3 }`)).toBe(
      "passed: 3",
    );
  });

  it("says what the client said, changes nothing, and makes no file", async () => {
    const file = database();
    expect(await runCheck(`{ type: sql, url: "sqlite:${file}", query: selct 1, value: 1 }`)).toMatch(
      /^failed: .*near "selct": syntax error/,
    );
    expect(await runCheck(`{ type: sql, url: "sqlite:${file}", query: delete from plans, row_count: 0 }`)).toMatch(
      /^failed: .*readonly database/,
    );
    const absent = join(temporaryFolder(), "absent.db");
    expect(await runCheck(`{ type: sql, url: "sqlite:${absent}", query: select 1, value: 1 }`)).toMatch(
      /^failed: .*unable to open/,
    );
    expect(existsSync(absent)).toBe(false);
    expect(await runCheck(`{ type: sql, url: "oracle://x/y", query: select 1, value: 1 }`)).toMatch(
      /^failed: no client is known for a database URL that starts with "oracle:"/,
    );
  });
});

describe("the call of a client", () => {
  it("has the password in the environment only", () => {
    const secret = "p@ss/word";
    for (const scheme of ["postgres", "postgresql+psycopg", "mysql"]) {
      const call = sqlCall(`${scheme}://ann:${encodeURIComponent(secret)}@db.example.com:5433/shop`, "select 1");
      expect(call.argv.join(" ")).not.toMatch(/p@ss|p%40ss/);
      expect(Object.values(call.env)).toContain(secret);
    }
    expect(sqlCall("postgres:///shop?host=/run/postgresql&sslmode=require", "select 1").env).toMatchObject({
      PGHOST: "/run/postgresql",
      PGDATABASE: "shop",
      PGSSLMODE: "require",
    });
  });

  it("reads what mysql and psql print", async () => {
    expect(await sqlCall("mysql://h/d", "select 1").rows("a\\tb\tNULL\n\\\\n\tNULL \n")).toEqual([
      ["a\tb", null],
      ["\\n", "NULL "],
    ]);
    expect(await parseCsv('a,"b ""c""",\n"x\ny",,z\r\n')).toEqual([
      ["a", 'b "c"', ""],
      ["x\ny", "", "z"],
    ]);
    expect(await parseCsv("")).toEqual([]);
    expect(await parseCsv("\n\u2028\n \\N,\ufeff\n")).toEqual([[""], ["\u2028"], [" \\N", "\ufeff"]]);
    expect(await parseCsv(`"${"x\n".repeat(500_000)}"\r\n`)).toEqual([["x\n".repeat(500_000)]]);
    for (const text of ['"open', '"a"b\n', 'a"b\n']) expect(await parseCsv(text)).toEqual([[text]]);
  });
});

function database(): string {
  const file = join(temporaryFolder(), "shop.db");
  execFileSync("sqlite3", [
    file,
    "create table plans (name text, paid integer, note text); insert into plans values ('basic', 0, null), ('pro', 1, '')",
  ]);
  return file;
}
