import type { CheckStatus } from "../../domain/verification.ts";
import { harmless } from "../../domain/harmless.ts";
import type { Print } from "./print.ts";
import { tookInWords } from "../../domain/time-words.ts";

interface CheckRow {
  readonly name: string;
  readonly type: string;
  readonly status: CheckStatus;
  readonly seen: string;
  readonly durationMs: number;
}

/** Checks with what they saw, as `verify` and `show` print them. */
export function checkTable(print: Print, rows: readonly CheckRow[]): void {
  print.table(
    ["CHECK", { title: "TYPE", leaves: 1 }, "STATUS", { title: "TOOK", leaves: 2 }, "SEEN"],
    rows.map(({ name, type, status, seen, durationMs }) => [
      harmless(name),
      type,
      checkStyle(print, status),
      tookInWords(durationMs),
      harmless(seen),
    ]),
  );
}

const STYLES = { passed: "green", warned: "yellow", failed: "red" } as const;

export function checkStyle(print: Print, status: CheckStatus, text: string = status): string {
  return print.style(STYLES[status], text);
}
