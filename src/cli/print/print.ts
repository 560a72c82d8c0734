import { styleText } from "node:util";
import { harmlessJson, harmlessLines } from "../../domain/harmless.ts";
import { createLiveRegion } from "./live-region.ts";
import type { LiveRegion } from "./live-region.ts";
import { tableLayout } from "./table-lines.ts";
import type { Column } from "./table-lines.ts";
import { broken, width } from "./text-width.ts";
import { clockTime, fromNow } from "../../domain/time-words.ts";
import type { TimeStyle } from "../../domain/time-words.ts";

type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

/** The only way to standard output: colours and widths on a terminal, plain aligned text in a pipe, JSON where asked for. */
export interface Print {
  readonly isTerminal: boolean;
  readonly isJson: boolean;
  /** Lines that can be drawn again; undefined in a pipe, with `--json`, and on a terminal that cannot move its cursor. */
  readonly live: LiveRegion | undefined;
  line(text?: string): void;
  /** Prints a text unchanged for a program that reads it from a pipe, such as the value of a variable. */
  exactly(text: string): void;
  json(value: unknown): void;
  /**
   * Columns as wide as their widest cell. On a terminal that is too narrow, columns leave and the last one is broken at spaces: no cell is cut.
   * @param none a sentence to print instead if there are no rows.
   */
  table(columns: readonly Column[], rows: readonly (readonly string[])[], none?: string): void;
  /** A table whose rows come one after the other: its head is printed at once, with widths for rows like these. */
  growingTable(columns: readonly Column[], foreseen: readonly (readonly string[])[]): GrowingTable;
  /** Labels with sentences beside them; on a terminal a long sentence is broken at spaces, never cut. */
  facts(rows: readonly (readonly [label: string, text: string])[]): void;
  /** A text behind a prefix. On a terminal a long text is broken at spaces, and its further lines stand below its first one. */
  prose(prefix: string, text: string): void;
  style(style: Style, text: string): string;
  /** `3 min ago` on a terminal, or the clock's time if that is asked for; the ISO time in a pipe; `-` for no time. */
  time(iso: string | null | undefined): string;
  /** The clock's time with its zone on a terminal, the ISO time in a pipe. */
  clock(iso: string): string;
}

interface GrowingTable {
  row(cells: readonly string[]): void;
  /** Prints what a whole table has below its rows. */
  end(): void;
}

/** The stream to write to: standard output, or a stand-in with a width. */
type Output = Pick<NodeJS.WriteStream, "columns" | "isTTY"> & { readonly rows?: number; write(text: string): unknown };

interface PrintOptions {
  readonly isJson: boolean;
  readonly times: TimeStyle;
}

/** The part of a terminal's width that a label may take before its sentence stands below it. */
const WIDEST_LABEL = 0.4;

export function createPrint({ isJson, times }: PrintOptions, out: Output = process.stdout): Print {
  const isTerminal = out.isTTY;
  // Callers make strangers' text harmless line by line; this call covers lines that they forgot.
  const region =
    isTerminal && !isJson && !["", "dumb"].includes(process.env["TERM"] ?? "") ? createLiveRegion(out) : undefined;
  const write = (text: string): void => {
    const line = harmlessLines(text, isTerminal);
    if (region === undefined) out.write(`${line}\n`);
    else region.above(line);
  };
  const style: Print["style"] = (name, text) => (isTerminal ? styleText(name, text, { stream: process.stdout }) : text);
  const growingTable: Print["growingTable"] = (columns, foreseen) => {
    const { head, linesOf, missing } = tableLayout(columns, foreseen, isTerminal ? out.columns || 80 : Infinity);
    write(style("dim", head));
    return {
      row(cells) {
        for (const line of linesOf(cells)) write(line);
      },
      end() {
        if (missing.length > 0) write(style("dim", `A wider terminal or --json also shows ${missing.join(", ")}.`));
      },
    };
  };
  return {
    isTerminal,
    isJson,
    live: region,
    line: (text = "") => write(text),
    exactly: (text) => void out.write(`${text}\n`),
    json: (value) => void out.write(`${harmlessJson(JSON.stringify(value, null, isTerminal ? 2 : 0))}\n`),
    table(columns, rows, none) {
      if (rows.length === 0 && none !== undefined) {
        write(none);
        return;
      }
      const table = growingTable(columns, rows);
      for (const row of rows) table.row(row);
      table.end();
    },
    growingTable,
    facts(rows) {
      const columns = isTerminal ? out.columns || 80 : Infinity;
      const widths = rows.map(([label]) => width(label));
      // A label that is very long takes no room from the sentences of all others.
      const indent = Math.max(0, ...widths.filter((wide) => wide <= columns * WIDEST_LABEL)) + 2;
      for (const [label, text] of rows) {
        const lines = broken(text, Math.max(30, columns - indent));
        const isBeside = width(label) + 2 <= indent;
        const first = isBeside ? " ".repeat(indent - width(label)) + (lines[0] ?? "") : "";
        write(style("dim", label) + first);
        for (const line of isBeside ? lines.slice(1) : lines) write(" ".repeat(indent) + line);
      }
    },
    prose(prefix, text) {
      const indent = width(prefix);
      const room = isTerminal ? Math.max(30, (out.columns || 80) - indent) : Infinity;
      for (const [at, line] of text
        .split("\n")
        .flatMap((each) => broken(each, room))
        .entries())
        write((at === 0 ? prefix : " ".repeat(indent)) + line);
    },
    style,
    time(iso) {
      if (iso === null || iso === undefined) return "-";
      if (!isTerminal) return iso;
      return times === "relative" ? fromNow(Date.parse(iso) - Date.now()) : clockTime(new Date(iso), times);
    },
    clock: (iso) => (isTerminal ? clockTime(new Date(iso), times === "utc" ? "utc" : "local") : iso),
  };
}
