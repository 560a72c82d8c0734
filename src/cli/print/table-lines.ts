import { broken, width } from "./text-width.ts";

/** A column of a table. A title alone stands for a column that is always shown. */
export type Column =
  | string
  | {
      readonly title: string;
      /** The order in which columns leave a table that is too wide for the terminal: 1 leaves first. */
      readonly leaves: number;
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

/**
 * Lays out a table for a terminal of so many letters (Infinity for a pipe). The last column is the sentence of each row. It is broken at spaces and stands below the
 * row if the other columns leave it no room; other columns leave the table in their order. No cell is cut. Pure.
 */
export function tableLines(columns: readonly Column[], rows: readonly Row[], room: number): TableLines {
  const all = columns.map((column, index) => ({
    ...(typeof column === "string" ? { title: column, leaves: Infinity } : column),
    index,
    width: Math.max(
      width(typeof column === "string" ? column : column.title),
      ...rows.map((row) => width(row[index] ?? "")),
    ),
  }));
  const widthOf = (shown: readonly { readonly width: number }[]): number =>
    shown.reduce((sum, each) => sum + each.width + GAP.length, -GAP.length);
  const cellsOf = (shown: typeof all, row: Row): readonly string[] => shown.map(({ index }) => row[index] ?? "");
  const line = (shown: typeof all, row: Row): string =>
    cellsOf(shown, row)
      .map((cell, at) => cell + " ".repeat((shown[at]?.width ?? 0) - width(cell)))
      .join(GAP)
      .trimEnd();
  const titles = all.map(({ title }) => title);
  const sentence = all.at(-1);
  if (widthOf(all) <= room || sentence === undefined)
    return { head: line(all, titles), rows: rows.map((row) => [line(all, row)]), missing: [] };

  let shown = all.slice(0, -1);
  while (widthOf(shown) > room) {
    const [next] = shown.filter(({ leaves }) => leaves !== Infinity).toSorted((a, b) => a.leaves - b.leaves);
    if (next === undefined) break;
    shown = shown.filter((each) => each !== next);
  }
  const missing = all.slice(0, -1).filter((each) => !shown.includes(each));
  const left = room - widthOf(shown) - GAP.length;
  const isBeside = left >= Math.min(NARROWEST_SENTENCE, sentence.width);
  return {
    head: isBeside ? line([...shown, sentence], titles) : line(shown, titles),
    rows: rows.map((row) => {
      const text = row[sentence.index] ?? "";
      const first = line(shown, row);
      if (text === "") return [first];
      // Below its row the sentence stands under no title, so it begins with it.
      const beside = first + " ".repeat(widthOf(shown) + GAP.length - width(first));
      const before = isBeside ? beside : `${INDENT}${sentence.title}: `;
      const indent = " ".repeat(width(before));
      const lines = broken(text, room - width(before)).map((each, at) => (at === 0 ? before : indent) + each);
      return isBeside ? lines : [first, ...lines];
    }),
    missing: missing.map(({ title }) => title),
  };
}
