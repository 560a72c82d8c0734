import { createHash } from "node:crypto";
import { sql } from "kysely";
import { StoreUnavailable } from "../../domain/errors.ts";
import type { OpenBackend } from "../backends/backend.ts";

interface Applied {
  number: number;
  name: string;
  checksum: string;
}

/**
 * Brings the store to this program's shape: each missing migration in one transaction, under the write lock, so that two processes
 * starting at once do it once.
 * @throws StoreUnavailable for a store that is newer than the program, or whose recorded migrations are not ours.
 */
export async function migrate(backend: OpenBackend): Promise<void> {
  const { db, migrations } = backend;
  if (await isCurrent(backend)) return;
  await db.transaction().execute(async (tx) => {
    await sql`create table if not exists tb_store_migration (
      number integer primary key not null, name text not null, checksum text not null, applied_at text not null)`.execute(
      tx,
    );
    const applied = await sql<Applied>`select number, name, checksum from tb_store_migration order by number`.execute(
      tx,
    );
    checkHistory(backend, applied.rows);
    for (const migration of migrations.slice(applied.rows.length)) {
      await backend.runScript(migration.sql);
      await sql`insert into tb_store_migration (number, name, checksum, applied_at)
        values (${migration.number}, ${migration.name}, ${checksum(migration.sql)}, ${new Date().toISOString()})`.execute(
        tx,
      );
    }
  });
}

/** The usual case, answered without taking the write lock. */
async function isCurrent(backend: OpenBackend): Promise<boolean> {
  const tables = await sql`select 1 from sqlite_master where name = 'tb_store_migration'`.execute(backend.db);
  if (tables.rows.length === 0) return false;
  const applied = await sql<Applied>`select number, name, checksum from tb_store_migration order by number`.execute(
    backend.db,
  );
  checkHistory(backend, applied.rows);
  return applied.rows.length === backend.migrations.length;
}

function checkHistory({ migrations }: OpenBackend, applied: readonly Applied[]): void {
  if (applied.length > migrations.length) {
    throw new StoreUnavailable(
      `the store has ${applied.length} migrations, this fraisier knows ${migrations.length}: it is too old for it`,
      {
        hint: "Run the newer fraisier that wrote this store.",
      },
    );
  }
  for (const [index, row] of applied.entries()) {
    const ours = migrations[index];
    if (ours === undefined || row.number !== ours.number || row.checksum !== checksum(ours.sql)) {
      throw new StoreUnavailable(
        `migration ${row.number} (${row.name}) of the store is not the one this fraisier knows`,
        {
          hint: "The store was written by a changed or unreleased fraisier: use that program, or start with a new store.",
        },
      );
    }
  }
}

function checksum(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
