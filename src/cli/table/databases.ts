import type { CommandEntry } from "../command-entry.ts";
import { DRY_RUN, ENVIRONMENT, JOB, LIMIT } from "./shared-options.ts";

const group = "Databases";
const OF_TARGET = [...ENVIRONMENT, JOB];

/** Commands for the databases of targets. */
export const databases: readonly CommandEntry[] = [
  {
    group,
    usage: "migration",
    summary: "migrations of a target's own database, as the release that runs has them",
    verbs: [
      {
        usage: "status <target> [environment]",
        summary: "every migration with its state, and what the database says of it",
        options: OF_TARGET,
        examples: ["fraisier migration status shop/production"],
        load: () => import("../commands/migration/status.ts"),
      },
      {
        usage: "list <target> [environment]",
        summary: "the migrations of the release, with their files and whether they have a way back",
        options: OF_TARGET,
        examples: ["fraisier migration list shop/production"],
        load: () => import("../commands/migration/list.ts"),
      },
      {
        usage: "show <target> [environment] <migration>",
        summary: "a migration, and every time that fraisier applied it or took it back",
        options: OF_TARGET,
        examples: ["fraisier migration show shop/production 0007_prices"],
        load: () => import("../commands/migration/show.ts"),
      },
      {
        usage: "history <target> [environment]",
        summary: "migrations that fraisier applied or took back, newest first",
        options: [...OF_TARGET, LIMIT],
        examples: ["fraisier migration history shop/production --limit 5"],
        load: () => import("../commands/migration/history.ts"),
      },
      {
        usage: "apply <target> [environment]",
        summary: "apply the migrations that wait",
        options: [
          ...OF_TARGET,
          ["--to <migration>", "up to this one"],
          ["--rebuild", "EMPTY the database first"],
          ["--force-rebuild", "--rebuild in production, too, if fraises.yaml allows it"],
          DRY_RUN,
        ],
        examples: ["fraisier migration apply shop/production --dry-run"],
        load: () => import("../commands/migration/apply.ts"),
      },
      {
        usage: "rollback <target> [environment]",
        summary: "take the newest migrations back by their way back",
        options: [
          ...OF_TARGET,
          ["--to <migration>", "back to this one, which stays"],
          ["--steps <number>", "how many, newest first; 1 without it"],
          DRY_RUN,
        ],
        examples: ["fraisier migration rollback shop/production --steps 2 --dry-run"],
        load: () => import("../commands/migration/rollback.ts"),
      },
      {
        usage: "mark-applied <target> [environment] <migration>",
        summary: "record by hand that a migration is applied, and run nothing",
        options: [...OF_TARGET, ["--not", "mark it as not applied"], DRY_RUN],
        examples: ["fraisier migration mark-applied shop/production 0007_prices"],
        load: () => import("../commands/migration/mark-applied.ts"),
      },
    ],
  },
  {
    group,
    usage: "backup",
    summary: "back a target's database up, look at its backups, bring one back",
    verbs: [
      {
        usage: "create <target> [environment]",
        summary: "make a backup now",
        options: [...OF_TARGET, ["--reason <text>", "why, for the record"]],
        examples: ['fraisier backup create shop/production --reason "before the sale"'],
        load: () => import("../commands/backup/create.ts"),
      },
      {
        usage: "list <target> [environment]",
        summary: "the backups that there are, and those that failed",
        options: OF_TARGET,
        examples: ["fraisier backup list shop/production"],
        load: () => import("../commands/backup/list.ts"),
      },
      {
        usage: "verify <target> [environment] <backup>",
        summary: "read a backup to its end, and compare it with its manifest; `last` is the newest",
        options: OF_TARGET,
        examples: ["fraisier backup verify shop/production last"],
        load: () => import("../commands/backup/verify.ts"),
      },
      {
        usage: "restore <target> [environment] <backup>",
        summary: "replace everything in the database by a backup; `last` is the newest",
        options: [
          ...OF_TARGET,
          ["--yes", "do not ask"],
          ["--no-safety-backup", "do not back up what is there now first"],
        ],
        examples: ["fraisier backup restore shop/production last"],
        load: () => import("../commands/backup/restore.ts"),
      },
      {
        usage: "prune <target> [environment]",
        summary: "remove the backups that retention no longer keeps",
        options: [...OF_TARGET, ["--dry-run", "say what would go, and remove nothing"]],
        examples: ["fraisier backup prune shop/production --dry-run"],
        load: () => import("../commands/backup/prune.ts"),
      },
    ],
  },
];
