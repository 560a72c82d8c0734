import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeFolder } from "./remove-folder.ts";

const PROGRAMS = "/usr/lib/postgresql/15/bin";
const PASSWORD = "p@ss:word/1";

/** Whether Debian's PostgreSQL 15 is installed; says loudly what is not tested without it. */
export const hasPostgres = existsSync(join(PROGRAMS, "postgres"));
if (!hasPostgres) console.warn(`NOT TESTED: PostgreSQL. It needs Debian's postgresql-15 (${PROGRAMS} is not there)`);

/** A real PostgreSQL server of this test's own, on a socket in a temporary folder. */
export interface PostgresServer {
  /** A new empty database; gives its URL, with a password that needs escapes. */
  database(name: string): string;
  /** Rows of one query as text, fields separated by `|`. */
  query(url: string, sql: string): readonly string[];
  readonly password: string;
  stop(): Promise<void>;
}

export async function startPostgres(): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), "fraisier-pg-"));
  chmodSync(folder, 0o755);
  // The server refuses to be root; its package brings a user of its own.
  const owner = process.getuid?.() === 0 ? accountOf("postgres") : undefined;
  if (owner !== undefined) chownSync(folder, owner.uid, owner.gid);
  const as = owner === undefined ? {} : owner;
  const passwordFile = join(folder, "password");
  writeFileSync(passwordFile, PASSWORD, { mode: 0o644 });
  const data = join(folder, "data");
  execFileSync(
    join(PROGRAMS, "initdb"),
    ["-D", data, "-U", "ann", "-A", "scram-sha-256", "--pwfile", passwordFile, "--no-sync", "-E", "UTF8", "--locale=C"],
    { ...as, cwd: folder, stdio: "pipe" },
  );
  const log = openSync(join(folder, "log"), "a");
  const server = spawn(
    join(PROGRAMS, "postgres"),
    ["-D", data, "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=40"],
    { ...as, cwd: folder, stdio: ["ignore", log, log] },
  );
  closeSync(log);
  const urlOf = (database: string): string =>
    `postgres://ann:${encodeURIComponent(PASSWORD)}@localhost/${database}?host=${encodeURIComponent(folder)}`;
  const query: PostgresServer["query"] = (url, sql) =>
    execFileSync("psql", ["-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-c", sql], {
      encoding: "utf8",
      env: {
        ...process.env,
        PGHOST: folder,
        PGUSER: "ann",
        PGPASSWORD: PASSWORD,
        PGDATABASE: new URL(url).pathname.slice(1),
      },
      stdio: ["ignore", "pipe", "pipe"],
    })
      .split("\n")
      .filter((line) => line !== "");
  const deadline = performance.now() + 20_000;
  for (;;) {
    try {
      query(urlOf("postgres"), "select 1");
      break;
    } catch (error) {
      if (performance.now() > deadline) throw new Error(readFileSync(join(folder, "log"), "utf8"), { cause: error });
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  return {
    password: PASSWORD,
    query,
    database(name) {
      query(urlOf("postgres"), `create database ${name}`);
      return urlOf(name);
    },
    async stop() {
      await new Promise<void>((resolve) => {
        server.once("exit", () => resolve());
        server.kill("SIGQUIT");
      });
      removeFolder(folder);
    },
  };
}

function accountOf(user: string): { uid: number; gid: number } {
  const line = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((each) => each.startsWith(`${user}:`));
  const [, , uid, gid] = line?.split(":") ?? [];
  if (uid === undefined || gid === undefined) throw new Error(`there is no user ${user}`);
  return { uid: Number(uid), gid: Number(gid) };
}
