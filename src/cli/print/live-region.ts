import { harmlessLines } from "../../domain/harmless.ts";
import { cut, width } from "./text-width.ts";

/** The lines at the bottom of a terminal that are drawn again and again, below everything that is printed meanwhile. */
export interface LiveRegion {
  readonly columns: number;
  readonly rows: number;
  /** Draws these lines in place of those that were drawn before. A line that is wider than the terminal is cut. */
  draw(lines: readonly string[]): void;
  /** Leaves the lines on the screen as they are, and begins below them. */
  keep(): void;
}

type Output = Pick<NodeJS.WriteStream, "columns"> & { readonly rows?: number; write(text: string): unknown };

const CLEAR_BELOW = "\u001b[J";

/** A live region, and the way to print lines above it. */
export function createLiveRegion(out: Output): LiveRegion & { above(text: string): void } {
  let drawn: readonly string[] = [];
  const columns = (): number => Math.max(20, out.columns || 80);
  const rows = (): number => Math.max(4, out.rows ?? 24);
  // A terminal that has become narrower has broken the lines that stand on it.
  const height = (): number => drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(width(line) / columns())), 0);
  const erase = (): string => (drawn.length === 0 ? "" : `\u001b[${height()}A\r${CLEAR_BELOW}`);
  const text = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join("");
  return {
    get columns() {
      return columns();
    },
    get rows() {
      return rows();
    },
    draw(lines) {
      const before = erase();
      // The cursor cannot go up beyond the top of the screen.
      drawn = lines.slice(0, rows() - 2).map((line) => cut(harmlessLines(line, true), columns() - 1));
      out.write(before + text(drawn));
    },
    keep() {
      drawn = [];
    },
    above(line) {
      out.write(`${erase()}${line}\n${text(drawn)}`);
    },
  };
}
