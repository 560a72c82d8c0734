import { basename } from "node:path";
import type { Command } from "../host/processes.ts";
import { placeholdersIn } from "./placeholders.ts";

/**
 * The fault in the place of a placeholder: the name of a file would be read as shell, or be torn apart there. Undefined where all stand well. A line is read as
 * far as quotes go, no further: what `eval` or another machine's shell makes of its arguments is theirs.
 */
export function misusedPlaceholder(command: Command): string | undefined {
  return typeof command === "string" ? inDoubleQuotes(command) : inProgram(command);
}

function inDoubleQuotes(line: string): string | undefined {
  // The open parts: quotes, and things that begin a line of their own within them.
  const open: string[] = [];
  for (let at = 0; at < line.length; at += 1) {
    const top = open.at(-1);
    const char = line[at] ?? "";
    const two = line.slice(at, at + 2);
    if (top === "'") {
      if (char === "'") open.pop();
    } else if (char === "\\") {
      at += 1;
    } else if (two === "$(") {
      open.push("(");
      at += 1;
    } else if (char === '"' || char === "`") {
      if (top === char) open.pop();
      else open.push(char);
    } else if (top === '"') {
      const [named] = placeholdersIn(/^\{\w+\}/.exec(line.slice(at))?.[0] ?? "");
      if (named !== undefined) return `{${named}} stands in double quotes: write it without, it is quoted by itself`;
    } else if (char === "'" || char === "(") {
      open.push(char);
    } else if (char === ")") {
      if (top === "(") open.pop();
    } else if (char === "#" && /^[\s;&|(]?$/.test(line[at - 1] ?? "")) {
      const end = line.indexOf("\n", at);
      at = end === -1 ? line.length : end;
    }
  }
  return undefined;
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
