import { createHash } from "node:crypto";
import { sql } from "kysely";
import { StoreUnavailable } from "../../domain/errors.ts";
import type { Migration, OpenBackend } from "../backends/backend.ts";

/** A migration as the store recorded it. */
export interface AppliedMigration {
  readonly number: number;
  readonly name: string;
  readonly checksum: string;
  /** The version of the fraisier that applied it. */
  readonly program: string;
}

/** Every migration that was applied to the store, in order. @throws StoreUnavailable for a store that an unreleased fraisier made. */
export async function readHistory(db: OpenBackend["db"], name: string): Promise<readonly AppliedMigration[]> {
  const columns = await sql<{ name: string }>`select name from pragma_table_info('tb_store_migration')`.execute(db);
  if (!columns.rows.some((column) => column.name === "writable_from")) {
    const tables = await sql`select 1 from sqlite_master where type = 'table' limit 1`.execute(db);
    if (tables.rows.length > 0) throw unknownStore(name);
    return [];
  }
  const { rows } = await sql<AppliedMigration>`
    select number, name, checksum, program from tb_store_migration order by number`.execute(db);
  return rows;
}

/** @throws StoreUnavailable if the store has another migration under one of our numbers. */
export function checkHistory({ name, migrations }: OpenBackend, applied: readonly AppliedMigration[]): void {
  for (const [index, ours] of migrations.entries()) {
    const row = applied[index];
    if (row === undefined) return;
    if (row.number === ours.number && row.checksum === checksum(ours)) continue;
    throw new StoreUnavailable(
      `migration ${row.number} (${row.name}) of the store ${name} is not the one that this fraisier knows: fraisier ${row.program} applied another one`,
      { hint: `Use that fraisier, or ${startAnew(name)}.` },
    );
  }
}

export function checksum({ sql: text }: Migration): string {
  return createHash("sha256").update(text).digest("hex");
}

function unknownStore(name: string): StoreUnavailable {
  return new StoreUnavailable(`the store ${name} was made by an unreleased fraisier, or by another program`, {
    hint: `It cannot be brought to this version. Stop fraisier, and ${startAnew(name)}.`,
  });
}

function startAnew(name: string): string {
  return `move it away to start with a new store: for f in ${name} ${name}-wal ${name}-shm; do mv "$f" "$f.old"; done (its history and variables stay behind)`;
}
