import { basename } from "node:path";
import type { Command } from "../host/processes.ts";
import { placeholdersIn } from "./placeholders.ts";

/**
 * What is wrong with where a placeholder stands: where the name of a file would be read as shell, or be torn apart. Undefined where all stand well. A line is
 * read as far as quotes go, no further: what `eval` or another machine's shell makes of its arguments is theirs.
 */
export function misusedPlaceholder(command: Command): string | undefined {
  return typeof command === "string" ? inDoubleQuotes(command) : inProgram(command);
}

function inDoubleQuotes(line: string): string | undefined {
  // What has been opened: quotes, and what begins a line of its own within them.
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

/** `bash -c "… {file} …"` in a list: the name would be part of the program. */
function inProgram(argv: readonly string[]): string | undefined {
  for (const [index, word] of argv.entries()) {
    if (!/^-\w*c$/.test(word) || !/^(a|ba|da|k|z)?sh$/.test(basename(argv[index - 1] ?? ""))) continue;
    const [named] = placeholdersIn(argv[index + 1] ?? "");
    if (named !== undefined) {
      return `{${named}} would be read as shell: give it to the program as an argument, as [sh, -c, 'cat "$1"', sh, "{${named}}"]`;
    }
  }
  return undefined;
}
