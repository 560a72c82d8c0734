/** What a folder of src/ may import: `uses` for values, `knows` for types only, `packages` for the outside. The whole architecture. */
export interface Rule {
  readonly uses: readonly string[];
  readonly knows: readonly string[];
  readonly packages: readonly string[];
}

/** `node:` stands for every module of Node. Files directly in src/ are named by their file name. */
export const IMPORT_TABLE: Readonly<Record<string, Rule>> = {
  domain: { uses: [], knows: [], packages: ["node:crypto"] },
  config: {
    uses: ["domain"],
    knows: ["databases", "deployers", "forges", "host", "service-managers"],
    packages: ["yaml", "zod", "node:fs", "node:fs/promises", "node:path", "node:util"],
  },
  forges: { uses: ["domain"], knows: [], packages: ["@octokit/webhooks", "@octokit/webhooks-methods", "node:crypto"] },
  routing: { uses: ["domain"], knows: [], packages: ["picomatch"] },
  webhooks: {
    uses: ["domain", "store"],
    knows: ["forges", "routing"],
    packages: ["node:crypto", "node:path", "node:worker_threads"],
  },
  store: { uses: ["domain"], knows: [], packages: ["kysely", "better-sqlite3", "node:crypto", "node:fs", "node:path"] },
  host: { uses: ["domain"], knows: [], packages: ["simple-git", "node:"] },
  "service-managers": { uses: ["domain"], knows: ["host"], packages: ["zod", "node:"] },
  databases: { uses: ["domain"], knows: ["config", "host", "store"], packages: ["zod", "node:crypto", "node:path"] },
  backups: {
    uses: ["domain", "databases"],
    knows: ["config", "host", "store"],
    packages: ["zod", "node:crypto", "node:path", "node:stream", "node:stream/promises", "node:zlib"],
  },
  steps: {
    uses: ["domain", "routing"],
    knows: ["backups", "config", "databases", "host", "service-managers"],
    packages: ["node:path"],
  },
  deployers: { uses: ["domain", "steps"], knows: ["config"], packages: ["zod"] },
  pipeline: {
    uses: ["domain", "store"],
    knows: ["backups", "config", "databases", "host", "service-managers", "steps"],
    packages: ["node:crypto", "node:path"],
  },
  launchers: { uses: ["domain"], knows: [], packages: ["node:child_process", "node:fs"] },
  queue: { uses: ["domain", "host", "store"], knows: ["launchers", "log.ts"], packages: ["node:timers/promises"] },
  http: {
    uses: ["domain"],
    knows: ["forges", "store", "webhooks", "log.ts"],
    packages: ["hono", "@hono/node-server", "node:http", "node:net"],
  },
  cli: {
    uses: [
      "backups",
      "domain",
      "config",
      "databases",
      "forges",
      "host",
      "launchers",
      "pipeline",
      "queue",
      "routing",
      "service-managers",
      "app.ts",
      "daemon.ts",
      "runner.ts",
      "program-version.ts",
    ],
    knows: ["store"],
    packages: ["commander", "yaml", "node:"],
  },
  "log.ts": { uses: [], knows: [], packages: ["pino"] },
  "program-version.ts": { uses: [], knows: [], packages: ["node:fs"] },
  "app.ts": {
    uses: ["config", "databases", "deployers", "domain", "forges", "host", "service-managers", "store"],
    knows: [],
    packages: [],
  },
  "daemon.ts": {
    uses: [
      "app.ts",
      "config",
      "domain",
      "forges",
      "host",
      "http",
      "launchers",
      "log.ts",
      "program-version.ts",
      "queue",
      "routing",
      "webhooks",
    ],
    knows: [],
    packages: ["@hono/node-server", "node:http", "node:net"],
  },
  "runner.ts": {
    uses: ["app.ts", "backups", "config", "databases", "domain", "host", "pipeline", "service-managers", "store"],
    knows: [],
    packages: [],
  },
  "main.ts": { uses: ["cli"], knows: [], packages: [] },
};

/** Folders of many like things: members do not know each other, only what the family shares. */
export const FAMILIES: Readonly<Record<string, readonly string[]>> = {
  forges: ["forge.ts", "payload.ts", "signatures.ts"],
  deployers: ["deployer.ts", "sequence.ts"],
  databases: [
    "migration-tool.ts",
    "run-tool.ts",
    "tool-program.ts",
    "alembic-migrations.ts",
    "database-url.ts",
    "sql-files.ts",
    "sql-ledger.ts",
    "transaction-words.ts",
    "migrator.ts",
    "migration-lock.ts",
    "migration-state.ts",
    "reconcile-record.ts",
  ],
  backups: [
    "dumper.ts",
    "stream-program.ts",
    "archive.ts",
    "backup-folder.ts",
    "backup-lock.ts",
    "backups.ts",
    "choose-old.ts",
    "compression.ts",
    "create-backup.ts",
    "manifest.ts",
    "postgres-empty.ts",
    "settle-record.ts",
  ],
  "databases/clients": ["sql-client.ts", "run-client.ts", "hold-lock.ts"],
  launchers: ["launcher.ts", "runner-command.ts"],
  "service-managers": ["service-manager.ts", "systemd-failure.ts", "unit-state.ts"],
  "store/backends": ["backend.ts"],
};
