import { sql } from "kysely";
import type { Kysely } from "kysely";
import { StoreUnavailable, UsageError } from "../../domain/errors.ts";
import type { OpenBackend, StoreTable } from "../backends/backend.ts";
import { COPY_TABLE, HIDDEN_HISTORY_TABLE, HISTORY_TABLE } from "../copy-tables.ts";
import { HOST_TABLES } from "../host-tables.ts";
import { applyAbove } from "../migrations/migrate.ts";
import type { Tables } from "../tables.ts";
import { makeRecord, placeOf, readRecord } from "./copy-progress.ts";
import type { CopyOrigin, CopyRecord, TablePlace } from "./copy-progress.ts";
import { clearTable, copyTable } from "./copy-table.ts";
import { digestTable } from "./digest-table.ts";
import type { TableDigest } from "./digest-table.ts";

export interface CopyProgress {
  readonly work: "copies" | "compares";
  readonly table: string;
  readonly rows: number;
  /** Rows of the table in the source. */
  readonly of: number;
}

export interface StoreCopy {
  /** The names of both stores, without passwords. */
  readonly from: string;
  readonly to: string;
  /** Whether an earlier run had begun the copy. */
  readonly isResumed: boolean;
  readonly version: number;
  readonly tables: readonly CopiedTable[];
  /** Tables of the source that are not fraisier's. */
  readonly leftOut: readonly string[];
}

interface CopiedTable {
  readonly table: string;
  readonly rows: number;
  /** The sum of the hashes of its rows, equal on both sides; undefined in a dry run. */
  readonly sha256: string | undefined;
  /** Texts in which U+FFFD took the place of the character 0. */
  readonly replaced: number;
}

interface Filling {
  readonly source: OpenBackend;
  /** The transaction in which the source takes no writes. */
  readonly tx: Kysely<Tables>;
  readonly origin: CopyOrigin;
  readonly target: OpenBackend;
  readonly isResumed: boolean;
  onProgress(progress: CopyProgress): void;
}

/** Brings every row of the source into the target, compares both, and makes a store of the target. */
export async function fillTarget(filling: Filling): Promise<StoreCopy> {
  const { source, tx, origin, target, isResumed } = filling;
  target.copying.allowDangling();
  const record = isResumed ? await takeUp(target, origin) : await begin(target, origin);
  const others = new Set((await source.copying.tables(tx)).map(({ name }) => name));
  const tables: CopiedTable[] = [];
  for (const table of await target.copying.tables(target.db)) {
    if (!others.delete(table.name))
      throw new StoreUnavailable(`the store ${source.name} has no table ${table.name}`, {
        hint: "Another program has removed it. Restore a backup of the store, and copy that.",
      });
    tables.push(await fillTable(filling, table, placeOf(record, table.name)));
  }
  await end(target, record);
  return { from: source.name, to: target.name, isResumed, version: origin.version, tables, leftOut: [...others] };
}

export async function countRows(db: Kysely<Tables>, table: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*) as count from ${sql.id(table)}`.execute(db);
  return rows[0]?.count ?? 0;
}

/** Makes the tables of a place that has none, in one transaction. */
async function begin(target: OpenBackend, origin: CopyOrigin): Promise<CopyRecord> {
  return await target.db.transaction().execute(async (tx) => {
    await applyAbove(target, tx, 0);
    const statements = await target.copying.loosen(tx);
    // A migration may bring rows of its own, which the source has as well.
    for (const { name } of await target.copying.tables(tx)) await sql`delete from ${sql.id(name)}`.execute(tx);
    await sql`alter table ${sql.id(HISTORY_TABLE)} rename to ${sql.id(HIDDEN_HISTORY_TABLE)}`.execute(tx);
    return await makeRecord(tx, origin, statements);
  });
}

async function takeUp(target: OpenBackend, origin: CopyOrigin): Promise<CopyRecord> {
  const record = await readRecord(target.db);
  if (record.origin.version === origin.version && record.origin.made === origin.made) return record;
  throw new UsageError(`${target.name} holds a copy of another store, or of another version, that was not finished`, {
    hint: "Name a place that is empty, or finish that copy first.",
  });
}

/** Copies the rest of a table, and compares the whole. If the source was written to between two runs, the table is copied anew. */
async function fillTable(filling: Filling, table: StoreTable, begun: TablePlace): Promise<CopiedTable> {
  const { source, tx, target, onProgress } = filling;
  const of = await countRows(tx, table.name);
  const copy = {
    source: tx,
    target,
    table,
    onProgress: (rows: number) => onProgress({ work: "copies", table: table.name, rows, of }),
  };
  const replacesNul = source.copying.keepsNul && !target.copying.keepsNul;
  const compare = async (): Promise<readonly [TableDigest, TableDigest]> => {
    onProgress({ work: "compares", table: table.name, rows: of, of });
    return [await digestTable(tx, table, replacesNul), await digestTable(target.db, table, false)];
  };
  const place = await copyTable(copy, begun);
  let [wanted, got] = await compare();
  if (!isSame(wanted, got) && begun.rows > 0) {
    await copyTable(copy, await clearTable(target, table, place));
    [wanted, got] = await compare();
  }
  if (!isSame(wanted, got))
    throw new StoreUnavailable(
      `the copy of ${table.name} in ${target.name} is not what ${source.name} has: ${got.rows} rows instead of ${wanted.rows}, or other values`,
      { hint: "Another program writes to one of them. Stop it, and begin again with an empty place." },
    );
  return { table: table.name, rows: wanted.rows, sha256: wanted.sha256, replaced: replacesNul ? wanted.nuls : 0 };
}

function isSame(a: TableDigest, b: TableDigest): boolean {
  return a.rows === b.rows && a.sha256 === b.sha256;
}

/** From here on the target is a store. */
async function end(target: OpenBackend, { statements }: CopyRecord): Promise<void> {
  await target.db.transaction().execute(async (tx) => {
    // A store in a file serves one host, whose name in it is empty.
    if (target.inFile !== undefined)
      for (const table of HOST_TABLES) await tx.updateTable(table).set({ host: "" }).where("host", "<>", "").execute();
    await target.copying.tighten(tx, statements);
    await sql`alter table ${sql.id(HIDDEN_HISTORY_TABLE)} rename to ${sql.id(HISTORY_TABLE)}`.execute(tx);
    await sql`drop table ${sql.id(COPY_TABLE)}`.execute(tx);
  });
}
