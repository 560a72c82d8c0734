import type { LogDocument } from "../../answers/schemas/log-document.ts";
import { harmless } from "../../domain/harmless.ts";
import type { Print } from "../print/print.ts";

/** Prints lines of a deployment's log: as JSON lines with `--json`. @param step only the lines of this step; undefined means all lines. */
export function printLines(lines: LogDocument["lines"], print: Print, step?: string): void {
  for (const line of lines) if (step === undefined || step === line.step) printLine(line, print);
}

function printLine(each: LogDocument["lines"][number], print: Print): void {
  if (print.isJson) {
    print.json(each);
    return;
  }
  const { at, step, stream, line } = each;
  const text = harmless(line);
  const origin = print.style("dim", `${at.slice(11, 19)} ${step}`);
  print.line(`${origin} ${stream === "fraisier" ? print.style("cyan", text) : text}`);
}
