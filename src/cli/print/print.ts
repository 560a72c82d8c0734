import { stripVTControlCharacters, styleText } from "node:util";
import { harmlessJson, harmlessLines } from "./harmless.ts";

type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

/** The only way to standard output: colours and widths on a terminal, plain aligned text in a pipe, JSON where asked for. */
export interface Print {
  readonly isTerminal: boolean;
  readonly isJson: boolean;
  line(text?: string): void;
  /** Prints a text unchanged for a program that reads it from a pipe, such as the value of a variable. */
  exactly(text: string): void;
  json(value: unknown): void;
  /** Columns as wide as their widest cell; on a terminal the last one is cut at its edge. */
  table(head: readonly string[], rows: readonly (readonly string[])[]): void;
  /** Labels with sentences beside them; on a terminal a long sentence is broken at spaces, never cut. */
  facts(rows: readonly (readonly [label: string, text: string])[]): void;
  style(style: Style, text: string): string;
  /** `3 min ago` on a terminal, the ISO time in a pipe; `-` for no time. */
  time(iso: string | null | undefined): string;
}

/** The stream to write to: standard output, or a stand-in with a width. */
type Output = Pick<NodeJS.WriteStream, "columns" | "isTTY"> & { write(text: string): unknown };

export function createPrint(isJson: boolean, out: Output = process.stdout): Print {
  const isTerminal = out.isTTY;
  // Callers make strangers' text harmless line by line; this call covers lines that they forgot.
  const write = (text: string): void => void out.write(`${harmlessLines(text, isTerminal)}\n`);
  const style: Print["style"] = (name, text) => (isTerminal ? styleText(name, text, { stream: process.stdout }) : text);
  return {
    isTerminal,
    isJson,
    line: (text = "") => write(text),
    exactly: (text) => void out.write(`${text}\n`),
    json: (value) => void out.write(`${harmlessJson(JSON.stringify(value, null, isTerminal ? 2 : 0))}\n`),
    table(head, rows) {
      const widths = head.map((title, column) =>
        Math.max(title.length, ...rows.map((row) => width(row[column] ?? ""))),
      );
      const room = isTerminal ? out.columns || 80 : Infinity;
      const row = (cells: readonly string[]): string => {
        const line = cells
          .map(
            (cell, column) => cell + " ".repeat(column === cells.length - 1 ? 0 : (widths[column] ?? 0) - width(cell)),
          )
          .join("  ");
        return width(line) <= room ? line : `${cut(line, room - 1)}…`;
      };
      write(style("dim", row(head)));
      for (const cells of rows) write(row(cells));
    },
    facts(rows) {
      const indent = Math.max(0, ...rows.map(([label]) => width(label))) + 2;
      const room = isTerminal ? Math.max(30, out.columns - indent) : Infinity;
      for (const [label, text] of rows) {
        const [first = "", ...rest] = broken(text, room);
        write(style("dim", label) + " ".repeat(indent - width(label)) + first);
        for (const line of rest) write(" ".repeat(indent) + line);
      }
    },
    style,
    time(iso) {
      if (iso === null || iso === undefined) return "-";
      return isTerminal ? fromNow(Date.parse(iso) - Date.now()) : iso;
    },
  };
}

function width(text: string): number {
  return letters(stripVTControlCharacters(text)).length;
}

/** Breaks a text at spaces into lines of at most so many letters; a longer word has a line of its own. */
function broken(text: string, room: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && width(last) + 1 + width(word) <= room) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** Cuts the visible text, and ends its styles. */
function cut(text: string, length: number): string {
  return letters(stripVTControlCharacters(text)).slice(0, length).join("");
}

/** Counts letters as a person sees them: an emoji of several code points counts once. */
function letters(text: string): readonly string[] {
  // Most texts are ASCII: every character is a letter of its own.
  // oxlint-disable-next-line no-control-regex -- ASCII is meant
  if (/^[\u0000-\u007f]*$/.test(text)) return text.split("");
  return Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment);
}

/** `3 min ago`, `in 5 h`. */
function fromNow(ms: number): string {
  const span = inWords(Math.round(Math.abs(ms) / 1000));
  return ms >= 1000 ? `in ${span}` : `${span} ago`;
}

function inWords(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}
