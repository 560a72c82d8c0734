import { execFileSync, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { chownSync, existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCheck } from "../helpers/checks.ts";
import { freePort, until } from "../helpers/scenario.ts";
import { removeFolder } from "../helpers/remove-folder.ts";

const canRun = ["/usr/sbin/mariadbd", "/usr/bin/mariadb-install-db", "/usr/bin/mysql"].every((file) =>
  existsSync(file),
);
if (!canRun) console.warn("NOT TESTED: sql checks on MariaDB. apt-get install mariadb-server mariadb-client");

const PASSWORD = "s3cret/p@ssword";

describe.skipIf(!canRun)("an sql check on a real MariaDB", () => {
  let folder = "";
  let port = 0;
  let server: ChildProcess | undefined;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "fraisier-mariadb-"));
    port = await freePort();
    const isRoot = process.getuid?.() === 0;
    const id = (flag: string): number => Number(execFileSync("id", [flag, "mysql"], { encoding: "utf8" }));
    if (isRoot) chownSync(folder, id("-u"), id("-g"));
    const user = isRoot ? ["--user=mysql"] : [];
    const common = ["--no-defaults", `--datadir=${folder}/data`, ...user];
    execFileSync("mariadb-install-db", [...common, "--auth-root-authentication-method=normal", "--skip-test-db"], {
      stdio: "ignore",
    });
    const socket = join(folder, "socket");
    const listen = [`--socket=${socket}`, `--port=${port}`, "--bind-address=127.0.0.1", "--innodb-flush-method=nosync"];
    server = spawn("/usr/sbin/mariadbd", [...common, ...listen], { stdio: "ignore" });
    const ask = (sql: string): string =>
      execFileSync("mysql", ["--no-defaults", `--socket=${socket}`, "--user=root", `--execute=${sql}`], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      });
    await until("MariaDB to listen", async () => ask("select 1") !== "");
    ask(
      `create database shop; create user ann@'127.0.0.1' identified by '${PASSWORD}'; grant all on shop.* to ann@'127.0.0.1'`,
    );
    ask(
      "create table shop.plans (name text, paid bool, note text); insert into shop.plans values ('pro', 1, 'a\\tb\\nc\\\\'), ('basic', 0, null)",
    );
  });

  afterAll(async () => {
    const ended = new Promise((resolve) => server?.once("exit", resolve));
    server?.kill("SIGKILL");
    if (server !== undefined) await ended;
    removeFolder(folder);
  });

  const check = (what: string, url = "mysql://ann:${PW}@127.0.0.1:${PORT}/shop"): Promise<string> =>
    runCheck(`{ type: sql, url: "${url}", ${what} }`, {
      variables: { PW: encodeURIComponent(PASSWORD), PORT: String(port) },
    });

  it("asks with the password of its URL, and reads texts, NULL and truth", async () => {
    const rows = String.raw`query: "select * from plans order by name", rows: [[basic, false, null], [pro, true, "a\tb\nc\\"]]`;
    expect(await check(rows)).toMatch(/^passed/);
    expect(
      await check("query: select count(*) from plans, value: 3", "mariadb://ann:${PW}@127.0.0.1:${PORT}/shop"),
    ).toBe("failed: 2, not 3");
  });

  it("changes nothing, and says what the client said without the password", async () => {
    expect(await check("query: delete from plans, row_count: 0")).toMatch(/^failed: .*READ ONLY transaction/);
    const refused = await check("query: select 1, value: 1", "mysql://ann:wrong${PW}@127.0.0.1:${PORT}/shop");
    expect(refused).toMatch(/^failed: .*Access denied/);
    expect(refused).not.toContain("s3cret");
  });
});
