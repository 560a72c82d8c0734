import { execFileSync, spawn } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { accountOf } from "./postgres.ts";
import type { PostgresServer } from "./postgres.ts";
import { removeFolder } from "./remove-folder.ts";

const PROGRAM = "/usr/sbin/pgbouncer";

/** Whether Debian's PgBouncer is installed; says loudly what is not tested without it. */
export const hasPgBouncer = existsSync(PROGRAM);
if (!hasPgBouncer) console.warn(`NOT TESTED: PgBouncer. It needs Debian's pgbouncer (${PROGRAM} is not there)`);

/** A real PgBouncer of this test's own before a server. */
export interface PgBouncer {
  /** The URL of a database of the server by way of the pooler. */
  through(url: string): string;
  /** Rows of one query by way of the pooler, fields separated by `|`. */
  query(url: string, sql: string): readonly string[];
  stop(): Promise<void>;
}

interface Between {
  readonly server: PostgresServer;
  /** The port of the server, and the one to listen on, both at 127.0.0.1. */
  readonly serverPort: number;
  readonly port: number;
  readonly mode: "session" | "transaction";
}

export async function startPgBouncer({ server, serverPort, port, mode }: Between): Promise<PgBouncer> {
  const folder = mkdtempSync(join(tmpdir(), "fraisier-pgbouncer-"));
  chmodSync(folder, 0o755);
  // It refuses to be root.
  const owner = process.getuid?.() === 0 ? accountOf("postgres") : undefined;
  if (owner !== undefined) chownSync(folder, owner.uid, owner.gid);
  writeFileSync(join(folder, "users"), `"ann" "${server.password}"\n`, { mode: 0o644 });
  const file = join(folder, "pgbouncer.ini");
  writeFileSync(
    file,
    `[databases]
* = host=127.0.0.1 port=${serverPort}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${join(folder, "users")}
pool_mode = ${mode}
default_pool_size = ${mode === "transaction" ? 2 : 15}
logfile = ${join(folder, "log")}
`,
    { mode: 0o644 },
  );
  const pooler = spawn(PROGRAM, [file], { ...owner, cwd: folder, stdio: "ignore" });
  const ended = new Promise<void>((resolve) => pooler.once("exit", () => resolve()));
  const query: PgBouncer["query"] = (url, sql) =>
    execFileSync("psql", ["-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-c", sql], {
      encoding: "utf8",
      env: {
        ...process.env,
        PGHOST: "127.0.0.1",
        PGPORT: String(port),
        PGUSER: "ann",
        PGPASSWORD: server.password,
        PGDATABASE: new URL(url).pathname.slice(1),
      },
      stdio: ["ignore", "pipe", "pipe"],
    })
      .split("\n")
      .filter((line) => line !== "");
  const deadline = performance.now() + 30_000;
  for (;;) {
    try {
      query("postgres://127.0.0.1/postgres", "select 1");
      break;
    } catch (error) {
      if (performance.now() > deadline) throw new Error(readFileSync(join(folder, "log"), "utf8"), { cause: error });
      await sleep(50);
    }
  }
  return {
    query,
    through: (url) => `postgres://ann:${encodeURIComponent(server.password)}@127.0.0.1:${port}${new URL(url).pathname}`,
    async stop() {
      pooler.kill("SIGTERM");
      await ended;
      removeFolder(folder);
    },
  };
}
