import { harmless } from "../../domain/harmless.ts";
import type { Print } from "./print.ts";

/** Prints a unified diff, in colour on a terminal. */
export function showDiff(diff: string, print: Print): void {
  for (const line of diff.split("\n").slice(0, -1)) {
    const text = harmless(line);
    if (line.startsWith("+")) print.line(print.style("green", text));
    else if (line.startsWith("-")) print.line(print.style("red", text));
    else print.line(line.startsWith("@@") ? print.style("cyan", text) : text);
  }
}
