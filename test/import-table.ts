/** What a folder of src/ may import: `uses` for values, `knows` for types only, `packages` for the outside. The whole architecture. */
export interface Rule {
  readonly uses: readonly string[];
  readonly knows: readonly string[];
  readonly packages: readonly string[];
}

/** `node:` stands for every module of Node. Files directly in src/ are named by their file name. */
export const IMPORT_TABLE: Readonly<Record<string, Rule>> = {
  domain: { uses: [], knows: [], packages: ["node:crypto"] },
  schedule: { uses: [], knows: [], packages: [] },
  config: {
    uses: ["domain", "schedule"],
    knows: ["checks", "databases", "deployers", "forges", "host", "service-managers"],
    packages: ["yaml", "zod", "node:fs", "node:fs/promises", "node:path", "node:util"],
  },
  forges: { uses: ["domain"], knows: [], packages: ["@octokit/webhooks", "@octokit/webhooks-methods", "node:crypto"] },
  routing: { uses: ["domain"], knows: [], packages: ["picomatch"] },
  webhooks: {
    uses: ["domain", "store"],
    knows: ["forges", "routing"],
    packages: ["node:crypto", "node:path", "node:worker_threads"],
  },
  store: {
    uses: ["domain"],
    knows: [],
    packages: ["kysely", "better-sqlite3", "node:crypto", "node:fs", "node:path", "node:timers/promises"],
  },
  host: { uses: ["domain"], knows: [], packages: ["simple-git", "node:"] },
  "service-managers": { uses: ["domain"], knows: ["host", "schedule"], packages: ["zod", "node:"] },
  checks: {
    uses: ["domain", "routing", "service-managers"],
    knows: ["config", "host"],
    packages: ["zod", "json-p3", "htmlparser2"],
  },
  verifying: { uses: ["checks", "domain"], knows: ["config"], packages: [] },
  databases: { uses: ["domain"], knows: ["config", "host", "store"], packages: ["zod", "node:crypto", "node:path"] },
  steps: {
    uses: ["domain", "routing", "schedule", "verifying"],
    knows: ["config", "databases", "host", "service-managers"],
    packages: ["node:path"],
  },
  deployers: { uses: ["domain", "steps"], knows: ["config"], packages: ["zod"] },
  pipeline: {
    uses: ["domain", "store"],
    knows: ["config", "databases", "host", "service-managers", "steps"],
    packages: ["node:crypto", "node:path"],
  },
  launchers: { uses: ["domain"], knows: [], packages: ["node:child_process", "node:fs"] },
  queue: { uses: ["domain", "host", "store"], knows: ["launchers", "log.ts"], packages: ["node:timers/promises"] },
  sweep: {
    uses: ["domain", "routing"],
    knows: ["config", "host", "service-managers", "store", "log.ts"],
    packages: ["node:path", "node:timers/promises"],
  },
  http: {
    uses: ["domain"],
    knows: ["forges", "store", "webhooks", "log.ts"],
    packages: ["hono", "@hono/node-server", "node:http", "node:net"],
  },
  cli: {
    uses: [
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
      "sweep",
      "webhooks",
      "app.ts",
      "daemon.ts",
      "runner.ts",
      "verify-active.ts",
      "program-version.ts",
    ],
    knows: ["steps", "store"],
    packages: ["commander", "yaml", "node:"],
  },
  "log.ts": { uses: [], knows: [], packages: ["pino"] },
  "program-version.ts": { uses: [], knows: [], packages: ["node:fs"] },
  "app.ts": {
    uses: ["checks", "config", "databases", "deployers", "domain", "forges", "host", "service-managers", "store"],
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
      "service-managers",
      "store",
      "sweep",
      "webhooks",
    ],
    knows: [],
    packages: ["@hono/node-server", "node:http", "node:net"],
  },
  "runner.ts": {
    uses: ["app.ts", "config", "databases", "domain", "host", "pipeline", "service-managers", "store"],
    knows: [],
    packages: ["node:path"],
  },
  "verify-active.ts": {
    uses: ["app.ts", "runner.ts", "config", "domain", "pipeline", "service-managers", "steps", "store", "verifying"],
    knows: [],
    packages: ["node:path"],
  },
  "main.ts": { uses: ["cli"], knows: [], packages: [] },
};

/** Folders of many like things: members do not know each other, only what the family shares. */
export const FAMILIES: Readonly<Record<string, readonly string[]>> = {
  forges: ["forge.ts", "payload.ts", "signatures.ts"],
  deployers: ["deployer.ts", "job-steps.ts", "sequence.ts"],
  checks: [
    "check.ts",
    "csv.ts",
    "listening-ports.ts",
    "page-links.ts",
    "page-url.ts",
    "sql-clients.ts",
    "text-expectations.ts",
  ],
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
  "databases/clients": ["sql-client.ts", "run-client.ts", "hold-lock.ts"],
  launchers: ["launcher.ts", "runner-command.ts"],
  "store/backends": ["backend.ts", "patient-dialect.ts"],
  "service-managers": [
    "service-manager.ts",
    "systemctl.ts",
    "systemd-failure.ts",
    "timer-state.ts",
    "unit-state.ts",
    "units.ts",
  ],
};
