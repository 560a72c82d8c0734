import { execFileSync } from "node:child_process";
import { chownSync, existsSync, globSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../helpers/scenario.ts";
import { runCheck } from "../helpers/checks.ts";
import { removeFolder } from "../helpers/remove-folder.ts";

const [programs] = globSync("/usr/lib/postgresql/*/bin").toSorted().toReversed();
const canRun = programs !== undefined && existsSync("/usr/bin/psql");
if (!canRun) console.warn("NOT TESTED: sql checks on PostgreSQL. apt-get install postgresql");

const PASSWORD = "s3cret/p@ssword";

describe.skipIf(!canRun)("an sql check on a real PostgreSQL", () => {
  let folder = "";
  let port = 0;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "fraisier-postgres-"));
    port = await freePort();
    writeFileSync(join(folder, "password"), PASSWORD);
    const uid =
      process.getuid?.() === 0 ? Number(execFileSync("id", ["-u", "postgres"], { encoding: "utf8" })) : undefined;
    if (uid !== undefined) for (const path of [folder, join(folder, "password")]) chownSync(path, uid, uid);
    run(
      "initdb",
      "--auth=scram-sha-256",
      `--pwfile=${folder}/password`,
      "--username=ann",
      "--no-sync",
      "-D",
      `${folder}/data`,
    );
    run(
      "pg_ctl",
      "-D",
      `${folder}/data`,
      "-w",
      "-l",
      `${folder}/log`,
      "-o",
      `-p ${port} -k ${folder} -c listen_addresses=127.0.0.1 -F`,
      "start",
    );
  });

  afterAll(() => {
    run("pg_ctl", "-D", `${folder}/data`, "-m", "immediate", "-w", "stop");
    removeFolder(folder);
  });

  /** As the user postgres where we are root, whom the server refuses. */
  function run(program: string, ...args: readonly string[]): void {
    const path = join(programs ?? "", program);
    const [first, ...rest] =
      process.getuid?.() === 0 ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", path] : [path];
    execFileSync(first ?? path, [...rest, ...args], { stdio: "ignore", cwd: "/" });
  }

  const check = (what: string, url = "postgres://ann:${PW}@127.0.0.1:${PORT}/postgres"): Promise<string> =>
    runCheck(`{ type: sql, url: "${url}", ${what} }`, {
      variables: { PW: encodeURIComponent(PASSWORD), PORT: String(port) },
    });

  it("asks with the password of its URL, and tells NULL, texts, numbers and truth apart", async () => {
    expect(await check("query: 'select 1 where true', value: 1")).toBe("passed: 1");
    const rows = `"select * from (values (1, null, '', true), (2.50, 'a,\\"b\\nc', 'NULL', false)) as t"`;
    expect(await check(`query: ${rows}, rows: [[1, null, "", true], [2.5, "a,\\"b\\nc", "NULL", false]]`)).toMatch(
      /^passed/,
    );
    expect(await check("query: select 3, value: 4")).toBe("failed: 3, not 4");
  });

  it("finds the server by its socket too", async () => {
    const url = `postgres://ann:\${PW}@localhost:\${PORT}/postgres?host=${folder}`;
    expect(await check("query: select 1, value: 1", url)).toBe("passed: 1");
  });

  it("changes nothing, and says what psql said without the password", async () => {
    expect(await check("query: create table t (a int), row_count: 0")).toMatch(
      /^failed: .*cannot execute CREATE TABLE in a read-only transaction/,
    );
    expect(await check("query: select nothing, value: 1")).toMatch(/^failed: .*column "nothing" does not exist/);
    const refused = await check("query: select 1, value: 1", "postgres://ann:wrong${PW}@127.0.0.1:${PORT}/postgres");
    expect(refused).toMatch(/^failed: .*password authentication failed/);
    expect(refused).not.toContain("s3cret");
    expect(await check("query: select 1, value: 1", "postgres://ann:${PW}@127.0.0.1:1/postgres")).toMatch(
      /^failed: .*Connection refused/,
    );
    expect(await check("query: select pg_sleep(30), value: 1, timeout: 300ms")).toBe("failed: no answer within 0.3 s");
  });
});
