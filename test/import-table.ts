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
    knows: ["deployers", "forges", "host", "service-managers"],
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
  steps: { uses: ["domain", "routing"], knows: ["config", "host", "service-managers"], packages: ["node:path"] },
  deployers: { uses: ["domain", "steps"], knows: ["config", "host"], packages: ["zod"] },
  pipeline: {
    uses: ["domain", "store"],
    knows: ["config", "host", "service-managers", "steps"],
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
      "domain",
      "config",
      "forges",
      "host",
      "launchers",
      "pipeline",
      "queue",
      "routing",
      "app.ts",
      "daemon.ts",
      "planner.ts",
      "runner.ts",
      "program-version.ts",
    ],
    knows: ["store"],
    packages: ["commander", "yaml", "node:"],
  },
  "log.ts": { uses: [], knows: [], packages: ["pino"] },
  "program-version.ts": { uses: [], knows: [], packages: ["node:fs"] },
  "app.ts": {
    uses: ["config", "deployers", "domain", "forges", "host", "service-managers", "store"],
    knows: ["steps"],
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
  "planner.ts": {
    uses: ["app.ts", "domain", "pipeline", "runner.ts", "service-managers"],
    knows: ["config", "steps"],
    packages: ["node:fs/promises", "node:os", "node:path"],
  },
  "runner.ts": {
    uses: ["app.ts", "config", "domain", "host", "pipeline", "service-managers", "store"],
    knows: [],
    packages: [],
  },
  "main.ts": { uses: ["cli"], knows: [], packages: [] },
};

/** Folders of many like things: members do not know each other, only what the family shares. */
export const FAMILIES: Readonly<Record<string, readonly string[]>> = {
  forges: ["forge.ts", "payload.ts", "signatures.ts"],
  deployers: ["deployer.ts", "planned-steps.ts", "sequence.ts"],
  launchers: ["launcher.ts", "runner-command.ts"],
  "service-managers": ["service-manager.ts", "systemd-failure.ts", "unit-state.ts"],
  "store/backends": ["backend.ts"],
};
