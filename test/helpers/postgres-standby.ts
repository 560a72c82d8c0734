import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, closeSync, mkdtempSync, openSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { accountOf, POSTGRES_PROGRAMS } from "./postgres.ts";
import type { PostgresServer } from "./postgres.ts";
import { removeFolder } from "./remove-folder.ts";

/** A second server that follows another one, commit by commit. */
export interface PostgresStandby {
  /** Makes it the server that takes writes. */
  promote(): void;
  stop(): Promise<void>;
}

/** From now on, the other server answers a commit only once this one has it. */
export async function startStandby(
  primary: PostgresServer,
  { primaryPort, port }: { readonly primaryPort: number; readonly port: number },
): Promise<PostgresStandby> {
  const folder = mkdtempSync(join(tmpdir(), "fraisier-pg-"));
  chmodSync(folder, 0o755);
  const owner = process.getuid?.() === 0 ? accountOf("postgres") : undefined;
  if (owner !== undefined) chownSync(folder, owner.uid, owner.gid);
  const as = owner ?? {};
  const data = join(folder, "data");
  const options = { ...as, cwd: folder, env: { ...process.env, PGPASSWORD: primary.password }, stdio: "pipe" } as const;
  const copy = ["-h", "127.0.0.1", "-p", String(primaryPort), "-U", "ann", "-D", data, "-R", "-X", "stream"];
  execFileSync(join(POSTGRES_PROGRAMS, "pg_basebackup"), [...copy, "--no-sync", "-c", "fast"], options);
  const log = openSync(join(folder, "log"), "a");
  const settings = [`port=${port}`, "listen_addresses=127.0.0.1", "ssl=off", "fsync=off", "max_connections=40"];
  const server = spawn(
    join(POSTGRES_PROGRAMS, "postgres"),
    ["-D", data, "-k", folder, ...settings.flatMap((setting) => ["-c", setting])],
    { ...as, cwd: folder, stdio: ["ignore", log, log] },
  );
  closeSync(log);
  const url = "postgres:///postgres";
  primary.query(url, "alter system set synchronous_standby_names = '*'");
  primary.query(url, "select pg_reload_conf()");
  while (primary.query(url, "select sync_state from pg_stat_replication").join() !== "sync") await sleep(100);
  return {
    promote: () => void execFileSync(join(POSTGRES_PROGRAMS, "pg_ctl"), ["promote", "-D", data, "-w"], options),
    async stop() {
      const ended = once(server, "exit");
      server.kill("SIGQUIT");
      await ended;
      removeFolder(folder);
    },
  };
}
