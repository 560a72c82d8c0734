import { broken, width } from "./text-width.ts";

/** A column of a table. A title alone stands for a column that is always shown. */
export type Column =
  | string
  | {
      readonly title: string;
      /** The order in which columns leave a table that is too wide for the terminal: 1 leaves first. A column without it stays. */
      readonly leaves?: number;
      /** Its cells are sentences, which can be broken at spaces. So are those of the last column. */
      readonly isSentence?: boolean;
    };

/** The lines of a table, styles included. */
export interface TableLines {
  readonly head: string;
  readonly rows: readonly (readonly string[])[];
  /** The titles of columns that found no room. */
  readonly missing: readonly string[];
}

type Row = readonly string[];

const GAP = "  ";
/** A sentence in a column that is narrower than this has lines of its own below its row instead. */
const NARROWEST_SENTENCE = 30;
const INDENT = "    ";

/** A table whose widths are fixed, so that its rows can be laid out one after the other. */
export interface TableLayout extends Omit<TableLines, "rows"> {
  linesOf(row: Row): readonly string[];
}

/**
 * Lays out a table for a terminal of so many letters (Infinity for a pipe). Sentences are broken at spaces if the table is too wide: the first column of them stays beside
 * the others if they leave it room, and the rest stands below its row; other columns leave the table in their order. No cell is cut. Pure.
 */
export function tableLines(columns: readonly Column[], rows: readonly Row[], room: number): TableLines {
  const { head, missing, linesOf } = tableLayout(columns, rows, room);
  return { head, rows: rows.map(linesOf), missing };
}

/** Fixes the widths of a table for these rows. A row that comes later and is wider has its sentences below it. */
export function tableLayout(columns: readonly Column[], rows: readonly Row[], room: number): TableLayout {
  const all = columns.map((column, index) => laidOut(column, index, columns.length, rows));
  const narrow = narrowLayout(all, room);
  if (widthOf(all) > room) return narrow;
  const linesOf = (row: Row): readonly string[] => {
    const whole = line(all, row);
    return width(whole) <= room ? [whole] : narrow.linesOf(row);
  };
  return { head: line(all, titlesOf(all)), missing: [], linesOf };
}

function narrowLayout(all: readonly LaidOut[], room: number): TableLayout {
  const fixed = all.filter(({ isSentence }) => !isSentence);
  const shown = withRoom(fixed, room);
  const [first, ...others] = all.filter(({ isSentence }) => isSentence);
  const left = room - widthOf(shown) - GAP.length;
  const beside = first !== undefined && left >= Math.min(NARROWEST_SENTENCE, first.width) ? first : undefined;
  const below = beside === undefined && first !== undefined ? [first, ...others] : others;
  return {
    head: line(beside === undefined ? shown : [...shown, beside], titlesOf(all)),
    linesOf: (row) => [
      ...linesBeside(line(shown, row), row[beside?.index ?? -1] ?? "", widthOf(shown), room),
      // Below its row a sentence stands under no title, so it begins with it.
      ...below.flatMap(({ title, index }) => hanging(`${INDENT}${title}: `, row[index] ?? "", room)),
    ],
    missing: fixed.filter((each) => !shown.includes(each)).map(({ title }) => title),
  };
}

function titlesOf(all: readonly LaidOut[]): Row {
  return all.map(({ title }) => title);
}

interface LaidOut {
  readonly title: string;
  readonly leaves: number;
  readonly isSentence: boolean;
  readonly index: number;
  readonly width: number;
}

function laidOut(column: Column, index: number, count: number, rows: readonly Row[]): LaidOut {
  const { title, leaves = Infinity, isSentence = false } = typeof column === "string" ? { title: column } : column;
  const widest = Math.max(width(title), ...rows.map((row) => width(row[index] ?? "")));
  return { title, leaves, isSentence: isSentence || index === count - 1, index, width: widest };
}

/** The columns that fit: those that leave first are left out. */
function withRoom(columns: readonly LaidOut[], room: number): readonly LaidOut[] {
  let shown = columns;
  while (widthOf(shown) > room) {
    const [next] = shown.filter(({ leaves }) => leaves !== Infinity).toSorted((a, b) => a.leaves - b.leaves);
    if (next === undefined) break;
    shown = shown.filter((each) => each !== next);
  }
  return shown;
}

function widthOf(columns: readonly LaidOut[]): number {
  return columns.reduce((sum, each) => sum + each.width + GAP.length, -GAP.length);
}

function line(columns: readonly LaidOut[], row: Row): string {
  return columns
    .map(({ index, width: wide }) => padded(row[index] ?? "", wide))
    .join(GAP)
    .trimEnd();
}

/** A row with a sentence in its last column, which goes on below itself. */
function linesBeside(row: string, sentence: string, columns: number, room: number): readonly string[] {
  if (sentence === "") return [row];
  return hanging(padded(row, columns) + GAP, sentence, room);
}

function padded(text: string, wide: number): string {
  return text + " ".repeat(Math.max(0, wide - width(text)));
}

/** A text behind a prefix: its further lines begin below its first letter. */
function hanging(prefix: string, text: string, room: number): readonly string[] {
  if (text === "") return [];
  const indent = " ".repeat(width(prefix));
  return broken(text, room - width(prefix)).map((each, at) => (at === 0 ? prefix : indent) + each);
}
