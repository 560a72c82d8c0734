import type { CommanderError } from "commander";
import { nearest } from "../config/file/nearest.ts";
import { UsageError } from "../domain/errors.ts";
import type { RunnableCommand } from "./command-entry.ts";
import { entryNamed, nameOf } from "./command-entry.ts";
import { COMMANDS } from "./commands/index.ts";
import { firstWord } from "./create-program.ts";

/** The mistake that commander found in argv, with the command whose help tells more, and the sibling that an unknown option belongs to. */
export function usageErrorOf({ code, message }: CommanderError, argv: readonly string[]): UsageError {
  const [says = "", suggestion] = message.replace(/^error: /, "").split("\n");
  const likely = /Did you mean (?:one of )?(.+)\?/.exec(suggestion ?? "")?.[1] ?? likelyChoice(says);
  const { path, siblings } = placeIn(argv);
  const flag = code === "commander.unknownOption" ? /'(--?[\w-]+)/.exec(says)?.[1] : undefined;
  const owners = flag === undefined ? [] : siblings.filter((each) => hasFlag(each, flag)).map(nameOf);
  const hints = [
    ...(likely === undefined ? [] : [`Did you mean ${likely}?`]),
    ...(owners.length === 0 ? [] : [`${flag} belongs to ${owners.map((each) => `${path[0]} ${each}`).join(", ")}.`]),
    `${["fraisier", ...path, "--help"].join(" ")} says what there is.`,
  ];
  return new UsageError(says, { hint: hints.join(" ") });
}

/** The value that was probably meant, if an option or argument takes fixed ones. */
function likelyChoice(says: string): string | undefined {
  const [, value, choices] = /'([^']*)' is invalid.* Allowed choices are (.+)\.$/.exec(says) ?? [];
  return value === undefined ? undefined : nearest(value, choices?.split(", ") ?? []);
}

/** The words of argv that name a command, and the verbs beside it. */
function placeIn(argv: readonly string[]): {
  readonly path: readonly string[];
  readonly siblings: readonly RunnableCommand[];
} {
  const word = firstWord(argv);
  const entry = entryNamed(COMMANDS, word);
  if (word === undefined || entry === undefined) return { path: [], siblings: [] };
  if (!("verbs" in entry)) return { path: [word], siblings: [] };
  const verb = argv[argv.indexOf(word) + 1];
  return {
    path: verb !== undefined && entryNamed(entry.verbs, verb) !== undefined ? [word, verb] : [word],
    siblings: entry.verbs,
  };
}

function hasFlag({ options = [] }: RunnableCommand, flag: string): boolean {
  return options.some(([flags]) => flags.split(/[ ,]+/).includes(flag));
}
