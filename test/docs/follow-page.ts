import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { blocksOf } from "./blocks.ts";

/** Does in a copy of the repository what a page for programmers says: writes its files, and makes its changes. */
export function followPage(page: string, copy: string): void {
  for (const { line, text, marks } of blocksOf(page)) {
    const [, verb, path] = /^(file|changes) (\S+)$/.exec(marks["not run"] ?? "") ?? [];
    if (path === undefined) continue;
    const file = join(copy, path);
    if (verb === "file") {
      if (existsSync(file)) throw new Error(`${page}:${line}: ${path} is there already`);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, `${text}\n`);
    } else writeFileSync(file, changed(readFileSync(file, "utf8"), text, `${page}:${line}: ${path}`));
  }
}

/** The text after a diff without line numbers: lines with a space or a minus are looked for in their order. */
export function changed(text: string, diff: string, name: string): string {
  const lines = text.split("\n");
  let at = 0;
  for (const change of diff.split("\n")) {
    const [sign, line] = [change.charAt(0), change.slice(1)];
    if (sign === "+") lines.splice(at, 0, line);
    else {
      const found = lines.indexOf(line, at);
      if (found === -1) throw new Error(`${name} has no line "${line.trim()}" for this change`);
      if (sign === "-") lines.splice(found, 1);
      at = sign === "-" ? found : found + 1;
      continue;
    }
    at += 1;
  }
  return lines.join("\n");
}
