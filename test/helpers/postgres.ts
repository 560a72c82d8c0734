import { execFileSync, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
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

/** Debian's PostgreSQL 15, unless scripts/postgres-server brought a newer one. */
export const POSTGRES_PROGRAMS = process.env["FRAISIER_TEST_POSTGRES"] ?? "/usr/lib/postgresql/15/bin";
const PASSWORD = "p@ss:word/1";

/** Whether a PostgreSQL server is installed; says loudly what is not tested without it. */
export const hasPostgres = existsSync(join(POSTGRES_PROGRAMS, "postgres"));
if (!hasPostgres)
  console.warn(`NOT TESTED: PostgreSQL. It needs Debian's postgresql-15 (${POSTGRES_PROGRAMS} is not there)`);

/** A real PostgreSQL server of this test's own, on a socket in a temporary folder. */
export interface PostgresServer {
  /** A new database, empty or a copy of another one; gives its URL, with a password that needs escapes. */
  database(name: string, copyOf?: string): string;
  /** Rows of one query as text, fields separated by `|`. */
  query(url: string, sql: string): readonly string[];
  readonly password: string;
  /** The file of the authority that signed its certificate for `localhost`, if it listens on TCP. */
  readonly authority: string;
  /** Kills it as a power failure does. */
  kill(): Promise<void>;
  /** Starts it again, with everything that it had. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

interface PostgresOptions {
  /** It listens there on 127.0.0.1, too, with TLS for those who want it. */
  readonly port?: number;
  /** Commits are on the disk before they are answered, as they are on a server of people. */
  readonly isDurable?: boolean;
}

export async function startPostgres({ port, isDurable = false }: PostgresOptions = {}): Promise<PostgresServer> {
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
    join(POSTGRES_PROGRAMS, "initdb"),
    ["-D", data, "-U", "ann", "-A", "scram-sha-256", "--pwfile", passwordFile, "--no-sync", "-E", "UTF8", "--locale=C"],
    { ...as, cwd: folder, stdio: "pipe" },
  );
  const authority = join(folder, "server.crt");
  if (port !== undefined) makeCertificate(folder, as);
  const tcp =
    port === undefined
      ? []
      : [
          "-c",
          `port=${port}`,
          "-c",
          "ssl=on",
          "-c",
          `ssl_cert_file=${authority}`,
          "-c",
          `ssl_key_file=${join(folder, "server.key")}`,
        ];
  const settings = [
    "-c",
    `listen_addresses=${port === undefined ? "" : "127.0.0.1"}`,
    "-c",
    `fsync=${isDurable ? "on" : "off"}`,
    "-c",
    "max_connections=40",
    ...tcp,
  ];
  let server: ChildProcess | undefined;
  const launch = (): void => {
    const log = openSync(join(folder, "log"), "a");
    server = spawn(join(POSTGRES_PROGRAMS, "postgres"), ["-D", data, "-k", folder, ...settings], {
      ...as,
      cwd: folder,
      stdio: ["ignore", log, log],
    });
    closeSync(log);
  };
  const urlOf = (database: string): string =>
    `postgres://ann:${encodeURIComponent(PASSWORD)}@localhost/${database}?host=${encodeURIComponent(folder)}${port === undefined ? "" : `&port=${port}`}`;
  const query: PostgresServer["query"] = (url, sql) =>
    execFileSync("psql", ["-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-c", sql], {
      encoding: "utf8",
      env: {
        ...process.env,
        PGHOST: folder,
        PGPORT: String(port ?? 5432),
        PGUSER: "ann",
        PGPASSWORD: PASSWORD,
        PGDATABASE: new URL(url).pathname.slice(1),
      },
      stdio: ["ignore", "pipe", "pipe"],
    })
      .split("\n")
      .filter((line) => line !== "");
  const answers = async (): Promise<void> => {
    const deadline = performance.now() + 20_000;
    for (;;) {
      try {
        query(urlOf("postgres"), "select 1");
        return;
      } catch (error) {
        if (performance.now() > deadline) throw new Error(readFileSync(join(folder, "log"), "utf8"), { cause: error });
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const ending = server;
    server = undefined;
    if (ending === undefined) return;
    await new Promise<void>((resolve) => {
      ending.once("exit", () => resolve());
      ending.kill(signal);
    });
  };
  launch();
  await answers();
  return {
    password: PASSWORD,
    query,
    database(name, copyOf = "template1") {
      query(urlOf("postgres"), `create database ${name} template ${copyOf}`);
      return urlOf(name);
    },
    authority,
    kill: async () => await end("SIGQUIT"),
    async start() {
      launch();
      await answers();
    },
    async stop() {
      await end("SIGQUIT");
      removeFolder(folder);
    },
  };
}

/** A certificate for `localhost` that signs itself. */
function makeCertificate(folder: string, as: { readonly uid?: number; readonly gid?: number }): void {
  const key = join(folder, "server.key");
  execFileSync(
    "openssl",
    [
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:prime256v1",
      "-nodes",
      "-days",
      "2",
      "-subj",
      "/CN=localhost",
      "-addext",
      "subjectAltName=DNS:localhost",
      "-keyout",
      key,
      "-out",
      join(folder, "server.crt"),
    ],
    { stdio: "pipe" },
  );
  chmodSync(key, 0o600);
  if (as.uid !== undefined && as.gid !== undefined) chownSync(key, as.uid, as.gid);
}

/** A user of this machine, whose processes a test starts. */
export function accountOf(user: string): { uid: number; gid: number } {
  const line = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((each) => each.startsWith(`${user}:`));
  const [, , uid, gid] = line?.split(":") ?? [];
  if (uid === undefined || gid === undefined) throw new Error(`there is no user ${user}`);
  return { uid: Number(uid), gid: Number(gid) };
}
