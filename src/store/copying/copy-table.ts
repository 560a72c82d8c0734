import { sql } from "kysely";
import type { Kysely } from "kysely";
import { FraisierError, StoreUnavailable } from "../../domain/errors.ts";
import { messageOf } from "../../domain/message-of.ts";
import type { OpenBackend, StoreTable } from "../backends/backend.ts";
import type { Tables } from "../tables.ts";
import { movePlace } from "./copy-progress.ts";
import type { TablePlace } from "./copy-progress.ts";
import { keyOf, readPage, writeRows } from "./rows.ts";
import type { Page } from "./rows.ts";

interface TableCopy {
  readonly source: Kysely<Tables>;
  readonly target: OpenBackend;
  readonly table: StoreTable;
  onProgress(rows: number): void;
}

/** Copies the rests of a table in batches. A process that is killed loses at most the batch that it was writing. */
export async function copyTable(
  { source, target, table, onProgress }: TableCopy,
  begun: TablePlace,
): Promise<TablePlace> {
  let place = begun;
  while (!place.isDone) {
    const page = await readPage(source, table, place.after);
    const next = behindPage(table, place, page);
    const from = place;
    try {
      await target.db.transaction().execute(async (tx) => {
        await writeRows(tx, table, page.rows);
        await movePlace(tx, table.name, { from, to: next });
      });
    } catch (error) {
      throw explained(error, target.name, table.name);
    }
    place = next;
    onProgress(place.rows);
  }
  return place;
}

/** Removes the rows of a table from the target, so that its copy begins anew. */
export async function clearTable(target: OpenBackend, table: StoreTable, from: TablePlace): Promise<TablePlace> {
  const to: TablePlace = { rows: 0, after: undefined, isDone: false };
  await target.db.transaction().execute(async (tx) => {
    await sql`delete from ${sql.id(table.name)}`.execute(tx);
    await movePlace(tx, table.name, { from, to });
  });
  return to;
}

function behindPage(table: StoreTable, place: TablePlace, { rows, isLast }: Page): TablePlace {
  const last = rows.at(-1);
  return {
    rows: place.rows + rows.length,
    after: last === undefined ? place.after : keyOf(table, last),
    isDone: isLast,
  };
}

/** An error of the engine names the rows that it does not take. */
function explained(error: unknown, target: string, table: string): unknown {
  if (error instanceof FraisierError) return error;
  return new StoreUnavailable(`rows of ${table} cannot be written to ${target}: ${messageOf(error)}`, { cause: error });
}
