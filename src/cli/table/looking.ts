import type { Decision } from "../../domain/decision.ts";
import { NEXT_STATUSES } from "../../domain/deployment.ts";
import type { CommandEntry } from "../command-entry.ts";
import { JOB, LIMIT } from "./shared-options.ts";

const group = "Looking";

const DECISIONS: readonly Decision[] = ["queued", "redelivery", "skipped", "held", "asked", "ignored", "refused"];

/** Commands that only look. */
export const looking: readonly CommandEntry[] = [
  {
    group,
    usage: "status [target] [environment]",
    summary: "targets: what runs, what is on its way, what is on hold",
    options: [JOB],
    examples: ["fraisier status", "fraisier status shop/production"],
    asks: "server",
    load: () => import("../commands/status.ts"),
  },
  {
    group,
    usage: "watch [target] [environment]",
    summary: "a board of targets on the whole terminal that follows what happens; in a pipe, a line for each change",
    options: [JOB],
    examples: ["fraisier watch", "fraisier watch shop"],
    asks: "server",
    load: () => import("../commands/watch.ts"),
  },
  {
    group,
    usage: "history [target] [environment]",
    summary: "deployments, newest first",
    options: [
      JOB,
      LIMIT,
      ["--status <status>", "only those", { choices: Object.keys(NEXT_STATUSES) }],
      ["--before <deployment>", "older than this one"],
      ["--since <day>", "queued since a day as 2026-11-01 (UTC), or in so many days as 14d, today included"],
    ],
    examples: ["fraisier history shop/production --status failed", "fraisier history --since 7d --limit 100"],
    asks: "server",
    load: () => import("../commands/history.ts"),
  },
  {
    group,
    usage: "stats [target] [environment]",
    summary: "how often deployments succeed, what fails, how long each phase takes, and the figures of DORA, by target",
    options: [
      JOB,
      ["--days <number>", "how many days back, today included (UTC)", { fallback: "30" }],
      ["--since <day>", "since a day as 2026-11-01, or so many days as 14d, in place of --days"],
    ],
    examples: ["fraisier stats shop --days 7", "fraisier stats shop/production --since 2026-11-01"],
    asks: "server",
    load: () => import("../commands/stats.ts"),
  },
  {
    group,
    usage: "show <deployment> [environment]",
    summary: "a deployment with its phases and steps; a target stands for its newest, `last` for the newest of all",
    options: [JOB],
    examples: ["fraisier show last", "fraisier show shop/production"],
    asks: "server",
    load: () => import("../commands/show.ts"),
  },
  {
    group,
    usage: "logs <deployment> [environment]",
    summary: "the output of a deployment; a target stands for its newest, `last` for the newest of all",
    options: [JOB, ["-f, --follow", "go on until it ends"], ["--step <step>", "only what this step wrote"]],
    examples: ["fraisier logs -f shop/production", "fraisier logs last --step build"],
    asks: "server",
    load: () => import("../commands/logs.ts"),
  },
  {
    group,
    usage: "why <subject> [environment]",
    summary: "the whole story of a delivery, a deployment, a revision or a target",
    options: [JOB],
    examples: ["fraisier why 4f2a91c", "fraisier why shop/production"],
    asks: "server",
    load: () => import("../commands/why.ts"),
  },
  {
    group,
    usage: "webhooks",
    summary: "deliveries, what was decided on each, and why",
    defaultVerb: "list",
    verbs: [
      {
        usage: "list",
        summary: "deliveries, newest first; without a verb, too",
        options: [
          LIMIT,
          ["--decision <decision>", "only those", { choices: DECISIONS }],
          ["--before <delivery>", "older than this one"],
        ],
        examples: ["fraisier webhooks --decision refused"],
        asks: "server",
        load: () => import("../commands/webhooks/list.ts"),
      },
      {
        usage: "replay <delivery>",
        summary: "decide a stored delivery again; `last` is the newest",
        examples: ["fraisier webhooks replay last"],
        asks: "server",
        load: () => import("../commands/webhooks/replay.ts"),
      },
    ],
  },
  {
    group,
    usage: "hosts",
    summary: "the hosts that share the store: their daemons, load, free space and deployments",
    defaultVerb: "list",
    verbs: [
      {
        usage: "list",
        summary: "every host; without a verb, too",
        examples: ["fraisier hosts"],
        asks: "server",
        load: () => import("../commands/hosts/list.ts"),
      },
      {
        usage: "drain <host>",
        summary: "have a host start nothing more; what runs there is finished",
        options: [["--reason <reason>", "it stands in the record, and beside everything that waits for it"]],
        examples: ['sudo fraisier hosts drain web1 --reason "new disk"'],
        load: () => import("../commands/hosts/drain.ts"),
      },
      {
        usage: "resume <host>",
        summary: "have a drained host start what is queued again",
        options: [["--reason <reason>", "it stands in the record"]],
        examples: ["sudo fraisier hosts resume web1"],
        load: () => import("../commands/hosts/resume.ts"),
      },
      {
        usage: "forget <host>",
        summary: "remove a host from the record whose daemon is silent",
        examples: ["sudo fraisier hosts forget web3"],
        load: () => import("../commands/hosts/forget.ts"),
      },
    ],
  },
  {
    group,
    usage: "doctor [target] [environment]",
    summary: "check every precondition as the service's user, and say how to mend what is missing",
    options: [JOB],
    examples: ["sudo fraisier doctor", "sudo fraisier doctor shop/production"],
    load: () => import("../commands/doctor.ts"),
  },
];
