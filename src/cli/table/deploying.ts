import type { CommandEntry } from "../command-entry.ts";
import { DRY_RUN, JOB, OVERRIDE, REASON, SUBMIT, WAIT, WHAT } from "./shared-options.ts";

const group = "Deploying";

/** Commands that change what runs, or keep it from changing. */
export const deploying: readonly CommandEntry[] = [
  {
    group,
    usage: "deploy <target> [environment]",
    alias: "trigger-deploy",
    summary: "deploy a revision by hand",
    options: [...WHAT, ...SUBMIT],
    examples: ["fraisier deploy shop/production", "fraisier deploy shop production --revision 4f2a91c"],
    load: () => import("../commands/deploy.ts"),
  },
  {
    group,
    usage: "rollback <target> [environment]",
    summary: "go back to what ran before, and hold what runs now",
    options: [
      JOB,
      ["--last", "to the newest success before it that was not itself rolled back (the default)"],
      ["--to-commit <sha>", "to a commit; the first digits of one that ran here, or a full hash"],
      ["--to-version <tag>", "to a tag"],
      ["--to-deployment <id>", "to what this deployment had made live"],
      ["--reason <text>", "why, for the record and for whoever wonders about the hold"],
      OVERRIDE,
      ["--wait", "follow it to its end, and exit with its outcome (the default)"],
      ...WAIT.slice(1),
      DRY_RUN,
    ],
    examples: ['fraisier rollback shop/production --reason "prices are wrong"'],
    load: () => import("../commands/rollback.ts"),
  },
  {
    group,
    usage: "resume <target> [environment]",
    alias: "release",
    summary: "end a target's hold: what was rolled back may be deployed again",
    options: [JOB, REASON],
    examples: ['fraisier resume shop/production --reason "the price list is mended"'],
    load: () => import("../commands/resume.ts"),
  },
  {
    group,
    usage: "lock [target] [environment]",
    summary: "keep what is pushed waiting; without a name: what is locked",
    options: [["--all", "every target"], JOB, ["--reason <text>", "why: shown to everybody who waits"]],
    examples: ['fraisier lock shop/production --reason "database move"', "fraisier lock"],
    load: () => import("../commands/lock.ts"),
  },
  {
    group,
    usage: "unlock [target] [environment]",
    summary: "let what waits start",
    options: [["--all", "the lock on every target"], JOB, REASON],
    examples: ["fraisier unlock shop/production"],
    load: () => import("../commands/unlock.ts"),
  },
  {
    group,
    usage: "promote <fraise> <from> <to>",
    summary: "deploy to one environment exactly what runs in another",
    options: [JOB, ...SUBMIT],
    examples: ["fraisier promote shop staging production"],
    load: () => import("../commands/promote.ts"),
  },
  {
    group,
    usage: "verify <target> [environment]",
    summary: "run the checks of an environment against what runs there now",
    options: [JOB],
    examples: ["fraisier verify shop/production"],
    load: () => import("../commands/verify.ts"),
  },
  {
    group,
    usage: "plan <target> [environment]",
    summary: "say what a deployment would do, and do nothing",
    options: WHAT,
    examples: ["fraisier plan shop/production --ref main"],
    load: () => import("../commands/plan.ts"),
  },
  {
    group,
    usage: "cancel <deployment>",
    summary: "cancel a queued or running deployment",
    examples: ["fraisier cancel last"],
    load: () => import("../commands/cancel.ts"),
  },
];
