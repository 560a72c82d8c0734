import { basename } from "node:path";
import type { Command } from "../../host/processes.ts";
import { placeholdersIn } from "./placeholders.ts";

/**
 * The fault in the place of a placeholder: the name of a file would be read as shell, or be torn apart there. Undefined where all stand well. A line is read as
 * far as quotes go, no further: what `eval` or another machine's shell makes of its arguments is theirs.
 */
export function misusedPlaceholder(command: Command): string | undefined {
  return typeof command === "string" ? inDoubleQuotes(command) : inProgram(command);
}

/** The next piece of a line outside of double quotes: an escape, what opens or closes a part, a text in single quotes, a comment, or any character. */
const PLAIN = /\\[^]|\$\(|'[^']*'?|["`()]|(?<![^\s;&|(])#[^\n]*|[^]/y;
const IN_DOUBLE_QUOTES = /\\[^]|\$\(|\{\w+\}|[^]/y;

function inDoubleQuotes(line: string): string | undefined {
  // The open parts: double quotes, backquotes and parentheses, each of which begins a line of its own within them.
  const open: string[] = [];
  for (let at = 0; at < line.length;) {
    const isQuoted = open.at(-1) === '"';
    const next = isQuoted ? IN_DOUBLE_QUOTES : PLAIN;
    next.lastIndex = at;
    const [piece = ""] = next.exec(line) ?? [];
    at += piece.length;
    const [named] = isQuoted ? placeholdersIn(piece) : [];
    if (named !== undefined) return `{${named}} stands in double quotes: write it without, it is quoted by itself`;
    openOrClose(open, piece);
  }
  return undefined;
}

function openOrClose(open: string[], piece: string): void {
  const top = open.at(-1);
  if (piece === "$(" || (piece === "(" && top !== '"')) open.push("(");
  else if (piece === (top === "(" ? ")" : top)) open.pop();
  else if (piece === '"' || piece === "`") open.push(piece);
}

/** A shell, by the name of the program; and who starts one, whose options come in any order. */
const SHELL = /^(a|ba|da|k|z)?sh$/;
const SWITCH = /^(su|runuser)$/;
/** `-c`, `-ec`, `-ce`. */
const COMMAND_FLAG = /^[-+]\w*c\w*$/;

/** `bash -c "… {file} …"` in a list: the name would be part of the program. */
function inProgram(argv: readonly string[]): string | undefined {
  const names = argv.map((word) => basename(word));
  const at = names.findIndex((name) => SHELL.test(name) || SWITCH.test(name));
  if (at < 0) return undefined;
  const rest = argv.slice(at + 1);
  const flag = rest.findIndex((word) => COMMAND_FLAG.test(word));
  // `bash script -c {file}`: what comes after a script is the script's.
  if (flag < 0 || (SHELL.test(names[at] ?? "") && wordFrom(rest, 0) < flag)) return undefined;
  const [named] = placeholdersIn(rest[wordFrom(rest, flag)] ?? "");
  if (named === undefined) return undefined;
  return `{${named}} would be read as shell: give it to the program as an argument, as [sh, -c, 'cat "$1"', sh, "{${named}}"]`;
}

/** The first word from there on that is no option, nor what `-o` wants: `-euo pipefail`. */
function wordFrom(words: readonly string[], from: number): number {
  let at = from;
  while (/^[-+]/.test(words[at] ?? "")) at += /^[-+]\w*[oO]$/.test(words[at] ?? "") ? 2 : 1;
  return at;
}
