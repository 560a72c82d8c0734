import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { backupsOf } from "../../src/backups/index.ts";
import type { Backups } from "../../src/backups/backups.ts";
import { backupOf } from "../../src/config/keys/backup-settings.ts";
import type { BackupSettings } from "../../src/config/keys/backup-settings.ts";
import type { TargetKey } from "../../src/domain/fraise.ts";
import { redactor } from "../../src/domain/redact.ts";
import { localHost } from "../../src/host/local-host.ts";
import type { Store } from "../../src/store/store.ts";
import { writeFileSync } from "node:fs";
import { API, freshStore } from "./store.ts";
import { temporaryFolder } from "./temporary.ts";

/** A real store, a backup directory, and the backups of one database. */
export interface BackupScene {
  readonly folder: string;
  readonly directory: string;
  readonly store: Store & { readonly file: string };
  readonly log: string[];
  backups(more?: {
    settings?: Partial<BackupSettings>;
    target?: TargetKey;
    signal?: AbortSignal;
    timeoutMs?: number;
    user?: string;
  }): Backups;
}

export async function backupScene(
  url: string | undefined,
  settings: Partial<BackupSettings> = {},
): Promise<BackupScene> {
  const folder = temporaryFolder();
  const store = await freshStore();
  const log: string[] = [];
  const configFile = join(folder, "fraises.yaml");
  writeFileSync(configFile, "fraises: {}\n");
  // Debian's psql is a script that looks for the real one, and slow.
  const env = {
    ...(process.env as Record<string, string>),
    PATH: `/usr/lib/postgresql/15/bin:${process.env["PATH"] ?? ""}`,
  };
  return {
    folder,
    directory: join(folder, "state/backups/api/production"),
    store,
    log,
    backups({
      settings: more = {},
      target = API,
      signal = new AbortController().signal,
      timeoutMs = 60_000,
      user,
    } = {}) {
      const found = backupsOf({
        target: {
          ...target,
          settings: {
            app_path: folder,
            layout: "releases",
            shared: [],
            keep_releases: 5,
            min_free_space: 0,
            timeout: timeoutMs,
            user: undefined,
            sandbox: {
              mode: "off",
              network: "on",
              cache: [],
              credentials: {},
              allow: { sockets: [], paths: [], devices: [], units: {} },
            },
            required_env_vars: [],
            install: undefined,
            build: undefined,
            test: undefined,
            service: undefined,
            health_check: undefined,
            hooks: { before_deploy: [], after_deploy: { commands: [], on_error: "warn" }, on_failure: [] },
            rollback: { automatic: true, restore_database: false },
            environment_file: undefined,
            needs: { units: [], commands: [], free_space: undefined },
            freeze: [],
            phase_timeouts: {},
            verify: undefined,
            requires: undefined,
            tag: undefined,
            database: {
              tool: "sql",
              url: url === undefined ? undefined : { reveal: () => url },
              migrations: undefined,
              strategy: "apply",
              allow_rebuild_in_production: false,
              timeout: undefined,
              lock_timeout: 5_000,
              user,
              backup: { ...backupOf(undefined, target.environment), ...settings, ...more },
            },
          },
        },
        config: { file: configFile, deployment: { state_directory: join(folder, "state") } },
        host: localHost(),
        env,
        signal,
        deployment: "",
        by: "ann",
        store,
        version: "0.0.0",
        log: (line) => void log.push(line),
        redact: redactor([]),
      });
      if (found === undefined) throw new Error("there are settings, so there are backups");
      return found;
    },
  };
}

/** The content of a database as one hash: everything that is in it, in a fixed order. */
export function contentHash(url: string, env: Readonly<Record<string, string>>): string {
  const { protocol } = new URL(url);
  const hash = createHash("sha256");
  const ask = (program: string, args: readonly string[]): string =>
    execFileSync(program, [...args], {
      encoding: "utf8",
      env: { ...process.env, PATH: `/usr/lib/postgresql/15/bin:${process.env["PATH"] ?? ""}`, ...env },
      maxBuffer: 256 << 20,
    });
  if (protocol === "sqlite:") return hash.update(ask("sqlite3", [url.slice("sqlite:".length), ".dump"])).digest("hex");
  if (protocol === "mysql:") {
    const { pathname, searchParams, username } = new URL(url);
    const args = [`--socket=${searchParams.get("socket") ?? ""}`, `--user=${username}`];
    return hash
      .update(ask("mysqldump", [...args, "--skip-comments", "--routines", "--order-by-primary", pathname.slice(1)]))
      .digest("hex");
  }
  const schema = ask("pg_dump", ["--schema-only"])
    // A random word in each dump.
    .replaceAll(/^\\(un)?restrict .*$/gm, "")
    // PostgreSQL itself writes `x in ('a', 'b')` over varchar in other casts and brackets once it has read its own dump.
    .replaceAll(/^.* CHECK .*$/gm, (line) => line.replaceAll(/::(text|character varying)(\[\])?|[()]/g, ""));
  hash.update(schema);
  const tables = ask("psql", [
    "-XAtqc",
    "select c.oid::regclass from pg_class c where relkind in ('r', 'm') and oid >= 16384 and relnamespace <> 'pg_toast'::regnamespace order by c.oid::regclass::text",
  ]);
  for (const table of tables.split("\n").filter((each) => each !== "")) {
    hash
      .update(`${table}\n`)
      .update(ask("psql", ["-XAtqc", `copy (select * from ${table} t order by t::text) to stdout`]));
  }
  hash.update(ask("psql", ["-XAtqc", "select sequencename, last_value from pg_sequences order by 1"]));
  hash.update(ask("psql", ["-XAtqc", "select oid, md5(lo_get(oid)) from pg_largeobject_metadata order by 1"]));
  return hash.digest("hex");
}
