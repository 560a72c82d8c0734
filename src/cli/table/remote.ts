import type { CommandEntry } from "../command-entry.ts";

const group = "Looking";

/** Commands that say which fraisier the others ask. */
export const remote: readonly CommandEntry[] = [
  {
    group,
    usage: "login <url>",
    summary: "work on another machine's fraisier with a token, which is asked for or comes from standard input",
    options: [
      ["--name <name>", "your name for the server; the name of its machine if not given", { isContext: true }],
      ["--token-file <file>", "read the token from this file"],
    ],
    isForAnyServer: true,
    examples: ["fraisier login https://deploy.example.com --name production"],
    load: () => import("../commands/login.ts"),
  },
  {
    group,
    usage: "logout [context]",
    summary: "forget a server and its token; without a name, the one in use",
    isForAnyServer: true,
    examples: ["fraisier logout production"],
    load: () => import("../commands/logout.ts"),
  },
  {
    group,
    usage: "complete <kind>",
    summary: "words for the completion of shells",
    choices: ["contexts", "targets"],
    asks: "server",
    isHidden: true,
    examples: [],
    load: () => import("../commands/complete.ts"),
  },
  {
    group,
    usage: "context",
    summary: "the servers that you logged in to, and which of them commands ask",
    defaultVerb: "list",
    verbs: [
      {
        usage: "list",
        summary: "every server, and which one is in use; without a verb, too",
        isForAnyServer: true,
        examples: ["fraisier context"],
        load: () => import("../commands/context/list.ts"),
      },
      {
        usage: "use <context>",
        summary: "have commands ask this server; `host` is this machine",
        isForAnyServer: true,
        examples: ["fraisier context use production", "fraisier context use host"],
        load: () => import("../commands/context/use.ts"),
      },
    ],
  },
];
