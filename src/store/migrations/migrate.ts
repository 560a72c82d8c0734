import { sql } from "kysely";
import { programVersion } from "../../program-version.ts";
import type { Migration, OpenBackend } from "../backends/backend.ts";
import { checkHistory, checksum, readHistory } from "./history.ts";
import { newestOf } from "./newest-of.ts";

/**
 * Brings the store to this program's version: every missing migration, and the views, in one transaction, under the write lock, so that two processes that start at
 * once do it once. A store with records is copied first. A process that is killed at any moment leaves the old store or the new one, whole.
 * @throws StoreUnavailable for a store whose recorded migrations are not ours, HostUnavailable if there is no room for the copy.
 */
export async function migrate(backend: OpenBackend): Promise<void> {
  const found = await readHistory(backend, backend.db);
  checkHistory(backend, found);
  const known = found.at(-1)?.number ?? 0;
  if (known >= newestOf(backend.migrations)) return;
  const copy = known === 0 ? undefined : await backend.inFile?.copyAside(programVersion());
  let isOurs = false;
  try {
    isOurs = await applyMissing(backend, known);
  } finally {
    if (isOurs) copy?.keep();
    // The migration failed and the store is as it was, or another process migrated it, after a copy of its own.
    else copy?.discard();
  }
  // The other process may know fewer migrations than this one.
  if (!isOurs) await migrate(backend);
}

/** False if another process applied one of them first. */
async function applyMissing(backend: OpenBackend, known: number): Promise<boolean> {
  return await backend.db.transaction().execute(async (tx) => {
    const applied = await readHistory(backend, tx);
    if ((applied.at(-1)?.number ?? 0) !== known) return false;
    await applyAbove(backend, tx, known);
    return true;
  });
}

/** Applies every migration above this number, inside a transaction; 0: all of them, as a place without a store needs. */
export async function applyAbove(backend: OpenBackend, tx: OpenBackend["db"], known: number): Promise<void> {
  if (known === 0) await backend.runScript(tx, backend.historySql);
  for (const migration of backend.migrations) {
    if (migration.number <= known) continue;
    await backend.runScript(tx, migration.sql);
    await record(tx, migration);
  }
  await makeViews(backend, tx);
  await backend.setVersion(tx, newestOf(backend.migrations));
}

/** A migration may leave views that name columns of an older version: those of the newest version take their places. Other programs' views stay. */
async function makeViews({ views, runScript }: OpenBackend, tx: OpenBackend["db"]): Promise<void> {
  for (const { name, sql: select } of views)
    await runScript(tx, `drop view if exists ${name}; create view ${name} as ${select};`);
}

async function record(tx: OpenBackend["db"], migration: Migration): Promise<void> {
  const { number, name, writableFrom } = migration;
  await sql`insert into tb_store_migration (number, name, checksum, writable_from, program, applied_at)
    values (${number}, ${name}, ${checksum(migration)}, ${writableFrom}, ${programVersion()}, ${new Date().toISOString()})`.execute(
    tx,
  );
}
