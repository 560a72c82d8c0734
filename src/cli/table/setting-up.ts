import type { CommandEntry, CommandOption } from "../command-entry.ts";
import { DRY_EDIT, ENVIRONMENT, JOB } from "./shared-options.ts";

const group = "Setting up";

const OF_TARGET = [...ENVIRONMENT, JOB];

const LAYOUT: CommandOption = [
  "--layout <layout>",
  "how a deployment lies in its folder; in_place is for an existing checkout",
  { choices: ["releases", "in_place"] },
];
const SET: CommandOption = [
  "--set <key.path=value>",
  "any key of the environment: health_check.timeout=60s; several times for several",
  { isRepeatable: true },
];

/** The settings of a target that have an option of their own. */
const SETTINGS: readonly CommandOption[] = [
  ["--branch <name>", "the branch to deploy"],
  ["--app-path <path>", "its folder on this machine"],
  ["--service <unit>", "the systemd unit to restart"],
  ["--health-url <url>", "the URL that must answer"],
  ["--type <type>", "type of the fraise; api if it is new"],
  ["--repository <name>", "repository of the fraise: owner/name as the forge writes it"],
  ["--clone-url <url>", "URL that git fetches from; a path for a bare repository"],
  ["--forge <name>", "the forge that the webhooks come from: github, gitlab, gitea, bitbucket, git, or an instance"],
];
const DESCRIPTION: CommandOption = ["--description <text>", "description of the fraise, for people"];

const PRIVILEGES: readonly CommandOption[] = [
  ["--rules <file>", "the installed rule, if it is not /etc/polkit-1/rules.d/51-fraisier-targets.rules"],
  ["--units <folder>", "the folder of unit files for users, if it is not /etc/systemd/system"],
];

/** Commands that say what fraisier deploys, and what this machine must allow. */
export const settingUp: readonly CommandEntry[] = [
  {
    group,
    usage: "init [target] [environment]",
    summary: "write the first target, from a unit of systemd, a checkout or flags; asks for the rest on a terminal",
    options: [
      ["--unit <unit>", "take folder, user and service from a unit of systemd"],
      ["--checkout <folder>", "take forge, repository and branch from a checkout of git"],
      ...SETTINGS,
      LAYOUT,
      ["--public-url <url>", "the address by which the forge reaches this machine"],
      SET,
      ["--yes", "do not ask: write"],
      DRY_EDIT,
    ],
    examples: ["sudo fraisier init shop/production --unit shop.service --checkout /srv/shop"],
    load: () => import("../commands/init.ts"),
  },
  {
    group,
    usage: "target",
    summary: "edit fraises.yaml, comments and layout kept, or try whether a target can be deployed",
    verbs: [
      {
        usage: "add <target> [environment]",
        summary: "add a fraise, or an environment of one",
        options: [...SETTINGS, DESCRIPTION, SET, DRY_EDIT],
        examples: [
          "sudo fraisier target add shop/production --repository acme/shop --branch main --app-path /srv/shop",
        ],
        load: () => import("../commands/target/add.ts"),
      },
      {
        usage: "list",
        summary: "fraises, environments and what they deploy",
        examples: ["fraisier target list"],
        load: () => import("../commands/list.ts"),
      },
      {
        usage: "show <target> [environment]",
        summary:
          "everything in force for a target: each setting and its place, folders, units, variables without values, migrations, what runs",
        options: [JOB],
        examples: ["fraisier target show shop/production"],
        asks: "server",
        load: () => import("../commands/target/show.ts"),
      },
      {
        usage: "update <target> [environment]",
        summary: "change settings of a target, or take them away",
        options: [
          ...SETTINGS,
          DESCRIPTION,
          SET,
          ["--unset <key.path>", "take a key away; several times for several", { isRepeatable: true }],
          DRY_EDIT,
        ],
        examples: ["sudo fraisier target update shop/production --set health_check.timeout=60s --unset build"],
        load: () => import("../commands/target/update.ts"),
      },
      {
        usage: "remove <target> [environment]",
        summary: "take a target out of fraises.yaml, with its variables; history and files stay",
        options: [["--yes", "do not ask"], ["--keep-variables", "do not delete the variables of the target"], DRY_EDIT],
        examples: ["sudo fraisier target remove shop/staging --dry-run"],
        load: () => import("../commands/target/remove.ts"),
      },
      {
        usage: "test <target> [environment]",
        summary: "try everything that a deployment of the target needs, and deploy nothing",
        options: [JOB],
        examples: ["sudo fraisier target test shop/production"],
        load: () => import("../commands/target/test.ts"),
      },
    ],
  },
  {
    group,
    usage: "env",
    summary: "variables of a target: sealed in the store, handed to its commands and its service",
    verbs: [
      {
        usage: "set <target> [environment] <name> [value]",
        summary: "set a variable; without a value it is asked for, or read from standard input",
        options: OF_TARGET,
        examples: ["sudo fraisier env set shop/production DATABASE_URL"],
        load: () => import("../commands/env/set.ts"),
      },
      {
        usage: "get <target> [environment] <name>",
        summary: "say whether a variable is set, or what it is",
        options: [...OF_TARGET, ["--reveal", "print the value"]],
        examples: ["sudo fraisier env get shop/production DATABASE_URL --reveal"],
        load: () => import("../commands/env/get.ts"),
      },
      {
        usage: "list <target> [environment]",
        summary: "names, times and authors, never values; required variables that are missing, too",
        options: OF_TARGET,
        examples: ["sudo fraisier env list shop/production"],
        load: () => import("../commands/env/list.ts"),
      },
      {
        usage: "delete <target> [environment] <name>",
        summary: "delete a variable",
        options: OF_TARGET,
        examples: ["sudo fraisier env delete shop/production DATABASE_URL"],
        load: () => import("../commands/env/delete.ts"),
      },
      {
        usage: "import <target> [environment] [file]",
        summary: "set every variable of a dotenv file, or of standard input: all of them or none",
        options: OF_TARGET,
        examples: ["sudo fraisier env import shop/production shop.env"],
        load: () => import("../commands/env/import.ts"),
      },
      {
        usage: "rotate-key",
        summary: "make a new key, and seal every variable for it",
        examples: ["sudo fraisier env rotate-key"],
        load: () => import("../commands/env/rotate-key.ts"),
      },
    ],
  },
  {
    group,
    usage: "config",
    summary:
      "check fraises.yaml, compare it with a revision of its repository, print its JSON Schema, or show it as understood",
    verbs: [
      {
        usage: "validate [revision]",
        summary: "check fraises.yaml, or a revision of its repository, and whether its secrets are there",
        options: [["--no-secrets", "do not ask whether secrets can be resolved here"]],
        examples: [
          "fraisier config validate --config fraises.yaml --no-secrets",
          "sudo fraisier config validate my-branch",
        ],
        load: () => import("../commands/config/validate.ts"),
      },
      {
        usage: "diff [revision]",
        summary:
          "show what a revision of the repository of fraises.yaml would change, by target; exits with 1 if anything",
        examples: ["sudo fraisier config diff my-branch", "sudo fraisier config diff 1a2b3c4 --json"],
        load: () => import("../commands/config/diff.ts"),
      },
      {
        usage: "schema",
        summary: "print the JSON Schema of fraises.yaml, for editors",
        examples: ["fraisier config schema > fraises.schema.json"],
        load: () => import("../commands/config/schema.ts"),
      },
      {
        usage: "show",
        summary: "fraises.yaml as fraisier understands it, defaults filled in, secrets as ***",
        examples: ["fraisier config show --json"],
        load: () => import("../commands/config/show.ts"),
      },
    ],
  },
  {
    group,
    usage: "route",
    summary: "explain offline what a recorded delivery would do",
    options: [
      ["--event <file>", "the body as the forge sent it"],
      ["--forge <name>", "the forge that sent it"],
      ["--headers <file>", "its headers as a JSON object; needed if they name the event"],
    ],
    examples: ["fraisier route --event push.json --forge github"],
    load: () => import("../commands/route.ts"),
  },
  {
    group,
    usage: "privileges",
    summary: "rights that root must give for the units and users that fraises.yaml names",
    verbs: [
      {
        usage: "show",
        summary: "print the polkit rule and the unit files",
        options: PRIVILEGES,
        examples: ["fraisier privileges show"],
        load: () => import("../commands/privileges/show.ts"),
      },
      {
        usage: "diff",
        summary: "compare them with what is installed; exits with 1 if they differ",
        options: PRIVILEGES,
        examples: ["sudo fraisier privileges diff"],
        load: () => import("../commands/privileges/diff.ts"),
      },
      {
        usage: "install",
        summary: "write them, and enable the sockets of users",
        options: [...PRIVILEGES, DRY_EDIT],
        examples: ["sudo fraisier privileges install --dry-run"],
        load: () => import("../commands/privileges/install.ts"),
      },
    ],
  },
  {
    group,
    usage: "token",
    summary: "tokens of the HTTP API: for a program or a person elsewhere, with the rights that you choose",
    verbs: [
      {
        usage: "create",
        summary: "make a token, and print it for the only time",
        options: [
          ["--name <name>", "its name, for the record"],
          [
            "--scope <scope>",
            "read looks; deploy also deploys, rolls back and locks; admin may do everything",
            { choices: ["read", "deploy", "admin"] },
          ],
          ["--fraise <fraise>", "only for this fraise; several times for several", { isRepeatable: true }],
          [
            "--environment <environment>",
            "only for this environment; several times for several",
            { isRepeatable: true },
          ],
          ["--expires <time>", "when it ends: 12h, 90d, never", { fallback: "90d" }],
        ],
        examples: ["sudo fraisier token create --name ci --scope deploy --fraise shop --expires 90d"],
        load: () => import("../commands/token/create.ts"),
      },
      {
        usage: "list",
        summary: "every token, with its rights and its last use",
        examples: ["sudo fraisier token list"],
        load: () => import("../commands/token/list.ts"),
      },
      {
        usage: "revoke <token>",
        summary: "end a token: from the next request on it opens nothing",
        examples: ["sudo fraisier token revoke ci"],
        load: () => import("../commands/token/revoke.ts"),
      },
    ],
  },
  {
    group,
    usage: "list",
    summary: "fraises, environments and what they deploy",
    examples: ["fraisier list"],
    load: () => import("../commands/list.ts"),
  },
  {
    group,
    usage: "providers [forge]",
    summary: "forges and their webhook URLs; with a name: what to enter there, which events to tick, how to test it",
    examples: ["fraisier providers github"],
    load: () => import("../commands/providers.ts"),
  },
  {
    group,
    usage: "completions <shell>",
    summary: "print what makes a shell complete the command line of fraisier",
    choices: ["bash", "zsh", "fish"],
    examples: ["fraisier completions bash > /etc/bash_completion.d/fraisier"],
    isForAnyServer: true,
    load: () => import("../commands/completions.ts"),
  },
];
