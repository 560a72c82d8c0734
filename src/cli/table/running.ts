import type { CommandEntry, CommandOption } from "../command-entry.ts";
import { JOB } from "./shared-options.ts";

const group = "Running";

const OPENING: readonly CommandOption[] = [
  ["--identity <file>", "the identity that opens the backup"],
  ["--passphrase-file <file>", "open it with the passphrase in this file"],
];

/** Commands for fraisier itself. */
export const running: readonly CommandEntry[] = [
  {
    group,
    usage: "repair [target] [environment]",
    summary: "find what killed processes and power cuts have left broken, show it, ask, and mend it",
    options: [
      JOB,
      ["--yes", "do not ask: mend"],
      ["--dry-run", "show what is broken and what would be done, and do nothing"],
    ],
    examples: ["sudo fraisier repair --dry-run"],
    load: () => import("../commands/repair.ts"),
  },
  {
    group,
    usage: "store",
    summary: "back up, check and move what fraisier itself remembers",
    verbs: [
      {
        usage: "backup",
        summary: "write everything into one file",
        options: [
          ["--to <file>", "the file to write (`-`: standard output)"],
          ["--recipient <recipient>", "encrypt for this recipient; several times for several", { isRepeatable: true }],
          ["--passphrase-file <file>", "encrypt by the passphrase in this file"],
          ["--unencrypted", "do not encrypt, and leave out the key and the files with secrets"],
          ["--without-key", "leave out the key of the variables, which you keep elsewhere"],
          ["--dry-run", "say what would be done, and write nothing"],
        ],
        examples: ["sudo fraisier store backup --recipient age1… --to /mnt/backups/fraisier.tar.gz.age"],
        load: () => import("../commands/store/backup.ts"),
      },
      {
        usage: "restore <file>",
        summary: "bring a backup back, on this machine or another",
        options: [
          ...OPENING,
          ["--force", "replace what is there; it stays beside, under another name"],
          ["--dry-run", "say what would be done, and write nothing"],
        ],
        examples: ["sudo fraisier store restore fraisier.tar.gz.age --identity identity.txt --dry-run"],
        load: () => import("../commands/store/restore.ts"),
      },
      {
        usage: "verify <file>",
        summary: "read a backup to its end, compare it with its manifest, and write nothing",
        options: OPENING,
        examples: ["fraisier store verify fraisier.tar.gz.age --identity identity.txt"],
        load: () => import("../commands/store/verify.ts"),
      },
      {
        usage: "check",
        summary: "read the whole store, and say whether it is whole",
        examples: ["sudo fraisier store check"],
        load: () => import("../commands/store/check.ts"),
      },
      {
        usage: "copy",
        summary: "copy the store into an empty place, on PostgreSQL or in a file, and compare both",
        options: [
          ["--to <url>", "the place: postgres://user@host/database, or sqlite:/path/to/file.db"],
          ["--password-file <file>", "the file that holds the password for it; else FRAISIER_STORE_PASSWORD does"],
          ["--dry-run", "look at both stores, and write nothing"],
        ],
        examples: ["sudo fraisier store copy --to postgres://fraisier@db.example.com/fraisier --dry-run"],
        load: () => import("../commands/store/copy.ts"),
      },
      {
        usage: "keygen",
        summary: "make an identity that opens backups, and print its recipient",
        options: [["--to <file>", "the file to write the identity to"]],
        examples: ["fraisier store keygen --to identity.txt"],
        load: () => import("../commands/store/keygen.ts"),
      },
    ],
  },
  {
    group,
    usage: "prune",
    summary: "forget what is older than it is to be kept; the daemon does so every hour",
    options: [["--dry-run", "count, and forget nothing"]],
    examples: ["fraisier prune --dry-run"],
    load: () => import("../commands/prune.ts"),
  },
  {
    group,
    usage: "reload",
    summary: "have the daemon read fraises.yaml and its secrets again, without a restart",
    options: [["--wait", "wait until it has, and exit with 2 and every mistake if the file is broken"]],
    examples: ["sudo fraisier reload --wait"],
    load: () => import("../commands/reload.ts"),
  },
  {
    group,
    usage: "serve",
    summary: "run the daemon",
    examples: ["fraisier serve --config fraises.yaml"],
    isForAnyServer: true,
    load: () => import("../commands/serve.ts"),
  },
  {
    group,
    usage: "run <deployment>",
    summary: "run one claimed deployment",
    isHidden: true,
    examples: [],
    isForAnyServer: true,
    load: () => import("../commands/run.ts"),
  },
  {
    group,
    usage: "version",
    summary: "the version of fraisier",
    examples: ["fraisier version --json"],
    isForAnyServer: true,
    load: () => import("../commands/version.ts"),
  },
];
