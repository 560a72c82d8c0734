import type { Html } from "../html.ts";
import { raw } from "../html.ts";
import { tableRow } from "../parts/table.ts";
import type { Columns } from "../parts/table.ts";
import { cutAtTimes, toldAt } from "../parts/time-ago.ts";
import type { CutAtTimes } from "../parts/time-ago.ts";
import { BOARD_ROW } from "./board-columns.ts";
import type { BoardTarget } from "./board-columns.ts";

/** A row as it was drawn last. */
interface DrawnRow {
  /** Everything that it was drawn from but the moment. */
  readonly values: string;
  readonly html: CutAtTimes;
}

/** With more targets than that all rows are forgotten and drawn again. A row takes some 4 KB, so that they take 20 MB at most. */
const MOST_ROWS = 5_000;

/** By the name of the target. Nothing else throws a row away, as a row that was drawn from other values is never shown. */
const drawn = new Map<string, DrawnRow>();

/**
 * The row of a target on the board. It is drawn again only if the state of the target or its freeze window has changed since it was drawn last; the words of its times
 * are told anew each time. A row has nothing in it that depends on the viewer.
 */
export async function boardRow(columns: Columns<BoardTarget>, target: BoardTarget, now: Date): Promise<Html> {
  const { status, freeze } = target;
  const values = JSON.stringify([status, freeze]);
  const known = drawn.get(status.target);
  if (known?.values === values) return raw(toldAt(known.html, now));
  const row = await tableRow(columns, target, BOARD_ROW);
  if (drawn.size >= MOST_ROWS) drawn.clear();
  drawn.set(status.target, { values, html: cutAtTimes(String(row)) });
  return row;
}
