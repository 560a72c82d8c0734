import type { CommandEntry } from "../command-entry.ts";

const LIMIT = ["-n, --limit <number>", "how many", "20"] as const;

/** Every command, in the order of the help. Adding one: a file beside this one, and an entry here. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    usage: "deploy <fraise> <environment>",
    alias: "trigger-deploy",
    summary: "deploy a revision by hand",
    group: "Deploying",
    options: [
      ["--job <job>", "the job of a fraise that has jobs"],
      ["--revision <sha>", "the full commit hash; else what --ref or the target's first branch points to"],
      ["--ref <name>", "a branch or tag of the repository"],
      ["--reason <text>", "why, for the record"],
      ["--wait", "follow it to its end, and exit with its outcome"],
      ["--dry-run", "say what would be done, and do nothing"],
    ],
    load: () => import("./deploy.ts"),
  },
  {
    usage: "cancel <deployment>",
    summary: "cancel a queued or running deployment",
    group: "Deploying",
    load: () => import("./cancel.ts"),
  },
  {
    usage: "migration <status|apply|rollback|history|list|show|mark-applied> <fraise> [migration]",
    summary: "migrations of a target's own database, as the release that runs has them",
    group: "Deploying",
    options: [
      ["--target <environment>", "which environment"],
      ["--job <job>", "the job of a fraise that has jobs"],
      ["--to <migration>", "apply: up to this one; rollback: back to this one"],
      ["--steps <number>", "rollback: how many, newest first; 1 without it"],
      ["--dry-run", "say what would be done, and do nothing"],
      ["--rebuild", "apply: EMPTY the database first"],
      ["--force-rebuild", "apply --rebuild: in production too, where fraises.yaml allows it"],
      ["--not", "mark-applied: mark it as not applied"],
      LIMIT,
    ],
    load: () => import("./migration.ts"),
  },
  {
    usage: "backup <create|list|verify|restore|prune> <fraise> <environment> [backup]",
    summary: "back a database up, look at its backups, bring one back; `last` is the newest",
    group: "Deploying",
    options: [
      ["--job <job>", "the job of a fraise that has jobs"],
      ["--reason <text>", "create: why, for the record"],
      ["--yes", "restore: do not ask"],
      ["--no-safety-backup", "restore: do not back up what is there now first"],
      ["--dry-run", "prune: say what would go, and remove nothing"],
    ],
    load: () => import("./backup.ts"),
  },
  {
    usage: "status [fraise] [environment]",
    summary: "what runs, what is on its way, what is on hold",
    group: "Looking",
    load: () => import("./status.ts"),
  },
  {
    usage: "history [fraise] [environment]",
    summary: "deployments, newest first",
    group: "Looking",
    options: [LIMIT, ["--status <status>", "only those"], ["--before <deployment>", "older than this one"]],
    load: () => import("./history.ts"),
  },
  {
    usage: "show <deployment>",
    summary: "one deployment with its phases and steps",
    group: "Looking",
    load: () => import("./show.ts"),
  },
  {
    usage: "logs <deployment>",
    summary: "the output of a deployment; `last` is the newest",
    group: "Looking",
    options: [
      ["-f, --follow", "go on until it ends"],
      ["--step <step>", "only what this step wrote"],
    ],
    load: () => import("./logs.ts"),
  },
  {
    usage: "webhooks",
    summary: "deliveries, what was decided on each, and why",
    group: "Looking",
    options: [
      LIMIT,
      ["--decision <decision>", "queued, redelivery, skipped, held, ignored, refused"],
      ["--before <delivery>", "older than this one"],
    ],
    load: () => import("./webhooks.ts"),
  },
  {
    usage: "route",
    summary: "explain offline what a recorded delivery would do",
    group: "Setting up",
    options: [
      ["--event <file>", "the body as the forge sent it"],
      ["--forge <name>", "which forge sent it"],
      ["--headers <file>", "its headers as a JSON object; needed where they name the event"],
    ],
    load: () => import("./route.ts"),
  },
  {
    usage: "config <validate|schema|show>",
    summary: "check fraises.yaml, print its JSON Schema, or show it as understood",
    group: "Setting up",
    options: [["--no-secrets", "validate: do not ask whether secrets can be resolved here"]],
    load: () => import("./config.ts"),
  },
  {
    usage: "list",
    summary: "fraises, environments and what they deploy",
    group: "Setting up",
    load: () => import("./list.ts"),
  },
  {
    usage: "providers",
    summary: "forges, and the webhook URL of each",
    group: "Setting up",
    load: () => import("./providers.ts"),
  },
  { usage: "serve", summary: "run the daemon", group: "Running", load: () => import("./serve.ts") },
  {
    usage: "run <deployment>",
    summary: "run one claimed deployment",
    group: "Running",
    hidden: true,
    load: () => import("./run.ts"),
  },
  { usage: "version", summary: "which fraisier this is", group: "Running", load: () => import("./version.ts") },
];
