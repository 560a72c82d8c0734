import { execFileSync, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeFolder } from "./remove-folder.ts";

const SERVER = "/usr/sbin/mariadbd";
const PASSWORD = "p@ss:word/1";

/** Whether Debian's MariaDB is installed; says loudly what is not tested without it. */
export const hasMariadb = existsSync(SERVER) && existsSync("/usr/bin/mysql");
if (!hasMariadb)
  console.warn(`NOT TESTED: MySQL and MariaDB. It needs Debian's mariadb-server (${SERVER} is not there)`);

/** A real MariaDB server of this test's own, on a socket in a temporary folder. */
export interface MariadbServer {
  /** A new empty database; gives its URL. */
  database(name: string): string;
  /** Rows of one query as text, fields separated by `|`. */
  query(database: string, sql: string): readonly string[];
  stop(): Promise<void>;
}

export async function startMariadb(): Promise<MariadbServer> {
  const folder = mkdtempSync(join(tmpdir(), "fraisier-my-"));
  chmodSync(folder, 0o755);
  const [data, socket] = [join(folder, "data"), join(folder, "socket")];
  const isRoot = process.getuid?.() === 0;
  const as = isRoot ? ["--user=root"] : [];
  execFileSync(
    "mariadb-install-db",
    ["--no-defaults", `--datadir=${data}`, "--auth-root-authentication-method=normal", "--skip-test-db", ...as],
    { stdio: "pipe" },
  );
  const server = spawn(
    SERVER,
    [
      "--no-defaults",
      `--datadir=${data}`,
      `--socket=${socket}`,
      "--skip-networking",
      `--log-error=${folder}/log`,
      ...as,
    ],
    { stdio: "ignore" },
  );
  const run = (database: readonly string[], sql: string): string =>
    execFileSync(
      "mysql",
      ["--no-defaults", "-uroot", `--socket=${socket}`, "--batch", "--skip-column-names", ...database],
      {
        input: sql,
        encoding: "utf8",
        stdio: ["pipe", "pipe", "pipe"],
      },
    );
  const deadline = performance.now() + 30_000;
  for (;;) {
    try {
      run([], `create user ann@localhost identified by '${PASSWORD}'; grant all on *.* to ann@localhost;`);
      break;
    } catch (error) {
      if (performance.now() > deadline) throw new Error(readFileSync(join(folder, "log"), "utf8"), { cause: error });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  return {
    database(name) {
      run([], `create database ${name}`);
      return `mysql://ann:${encodeURIComponent(PASSWORD)}@localhost/${name}?socket=${encodeURIComponent(socket)}`;
    },
    query: (database, sql) =>
      run([database], sql)
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => line.replaceAll("\t", "|")),
    async stop() {
      await new Promise<void>((resolve) => {
        server.once("exit", () => resolve());
        server.kill("SIGTERM");
      });
      removeFolder(folder);
    },
  };
}
