import type { CommandEntry } from "../command-entry.ts";

const OVERRIDE = [
  "--override <why>",
  "start although the target is locked or frozen; recorded with who and why",
] as const;
const JOB = ["--job <job>", "the job of a fraise that has jobs"] as const;
const SUBMIT = [
  ["--reason <text>", "why, for the record"],
  OVERRIDE,
  ["--wait", "follow it to its end, and exit with its outcome"],
  ["--dry-run", "say what would be done, and do nothing"],
] as const;
const LIMIT = ["-n, --limit <number>", "how many", "20"] as const;

/** Every command, in the order of the help. Adding one: a file beside this one, and an entry here. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    usage: "deploy <fraise> <environment>",
    alias: "trigger-deploy",
    summary: "deploy a revision by hand",
    group: "Deploying",
    options: [
      JOB,
      ["--revision <sha>", "the full commit hash; else what --ref or the target's first branch points to"],
      ["--ref <name>", "a branch or tag of the repository"],
      ...SUBMIT,
    ],
    load: () => import("./deploy.ts"),
  },
  {
    usage: "rollback <fraise> <environment>",
    summary: "go back to what ran before, and hold what runs now",
    group: "Deploying",
    options: [
      JOB,
      ["--last", "to the newest success before it that was not itself rolled back (the default)"],
      ["--to-commit <sha>", "to a commit; the first digits of one that ran here, or a full hash"],
      ["--to-version <tag>", "to a tag"],
      ["--to-deployment <id>", "to what this deployment had made live"],
      ["--reason <text>", "why, for the record and for whoever wonders about the hold"],
      OVERRIDE,
      ["--no-wait", "do not follow it to its end"],
      ["--dry-run", "say what would be done, and do nothing"],
    ],
    load: () => import("./rollback.ts"),
  },
  {
    usage: "release <fraise> <environment>",
    summary: "end a target's hold: what was rolled back may be deployed again",
    group: "Deploying",
    options: [JOB, ["--reason <text>", "why, for the record"]],
    load: () => import("./release.ts"),
  },
  {
    usage: "lock [fraise] [environment]",
    summary: "keep what is pushed waiting; without a name: what is locked",
    group: "Deploying",
    options: [
      ["--all", "every target"],
      ["--job <job>", "one job of a fraise that has jobs"],
      ["--reason <text>", "why: shown to everybody who waits"],
    ],
    load: () => import("./lock.ts"),
  },
  {
    usage: "unlock [fraise] [environment]",
    summary: "let what waits start",
    group: "Deploying",
    options: [
      ["--all", "the lock on every target"],
      ["--job <job>", "one job of a fraise that has jobs"],
      ["--reason <text>", "why, for the record"],
    ],
    load: () => import("./unlock.ts"),
  },
  {
    usage: "promote <fraise> <from> <to>",
    summary: "deploy to one environment exactly what runs in another",
    group: "Deploying",
    options: [JOB, ...SUBMIT],
    load: () => import("./promote.ts"),
  },
  {
    usage: "verify <fraise> <environment>",
    summary: "run the checks of an environment against what runs there now",
    group: "Deploying",
    options: [JOB],
    load: () => import("./verify.ts"),
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
    usage: "why <what> [environment]",
    summary: "the whole story of a delivery, a deployment, a revision, or a fraise in an environment",
    group: "Looking",
    load: () => import("./why.ts"),
  },
  {
    usage: "webhooks [replay] [delivery]",
    summary: "deliveries, what was decided on each, and why; replay decides a stored one again",
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
  {
    usage: "prune",
    summary: "forget what is older than it is to be kept; the daemon does so every hour",
    group: "Running",
    options: [["--dry-run", "count, and forget nothing"]],
    load: () => import("./prune.ts"),
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
