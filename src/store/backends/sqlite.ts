import { existsSync, mkdirSync, rmSync, statSync } from "node:fs";
import { dirname } from "node:path";
import Database from "better-sqlite3";
import { Kysely, SqliteDialect, sql } from "kysely";
import { StoreUnavailable } from "../../domain/errors.ts";
import { sqliteMigrations } from "../migrations/sqlite-migrations.ts";
import type { Tables } from "../tables.ts";
import { sqliteViews } from "../views/sqlite-views.ts";
import type { Backend, OpenBackend, Remedies } from "./backend.ts";
import { isBusy, patient } from "./patient-dialect.ts";
import { COPY_TABLE } from "../copy-tables.ts";
import { copyAside, snapshotOf } from "./sqlite-copy.ts";
import { sqliteChecking } from "./sqlite-checking.ts";
import { sqliteCopying } from "./sqlite-copying.ts";
import { createGate } from "./sqlite-gate.ts";
import { saveLost } from "./sqlite-save-lost.ts";
import { makeFile, ownerHint, touch } from "./sqlite-file.ts";
import { openFiles, refuseIfLost, unavailable } from "./sqlite-unwell.ts";
import { watchPoke } from "./watch-poke.ts";
import { messageOf } from "../../domain/message-of.ts";

/** Kept for the rows of the next hours: 4 MiB. */
const FREE_PAGES = 1_000;
/** Given back at once. */
const VACUUM_PAGES = 2_000;

const HISTORY = `create table tb_store_migration (
  number integer primary key not null, name text not null, checksum text not null, writable_from integer not null,
  program text not null, applied_at text not null) strict`;

/** Embedded SQLite in one file: `sqlite:/var/lib/fraisier/fraisier.db`. */
export const sqlite: Backend = {
  schemes: ["sqlite"],
  exists: async (url) => statSync(fileOf(url), { throwIfNoEntry: false }) !== undefined,
  async open(url, patienceMs): Promise<OpenBackend> {
    const file = fileOf(url);
    const database = openDatabase(file);
    const files = openFiles(file);
    let suspect = false;
    const unwell = (): StoreUnavailable | undefined => {
      const found = files.unwell(suspect);
      suspect &&= found !== undefined;
      return found;
    };
    const explain = (error: unknown): unknown => {
      suspect ||= /^SQLITE_(?:FULL|IOERR)/.test(String((error as { code?: unknown }).code));
      return unavailable(error, file, unwell) ?? error;
    };
    const explaining = <Result>(work: () => Result): Result => {
      try {
        return work();
      } catch (error) {
        throw explain(error);
      }
    };
    const gate = createGate(database, { lost: () => files.lost(), explain });
    const dataVersion = database.prepare("pragma data_version").pluck();
    const pokeFile = `${file}.poke`;
    const usedSize = async (): Promise<number> => bytesIn(database);
    const db = new Kysely<Tables>({
      dialect: patient(new SqliteDialect({ database: withStatementCache(database) }), gate, patienceMs),
    });
    return {
      db,
      withoutSync: withoutSyncOf(database, db),
      name: file,
      migrations: sqliteMigrations,
      historySql: HISTORY,
      views: sqliteViews,
      remedies: remediesFor(file),
      contents,
      copying: sqliteCopying(database),
      checking: sqliteChecking,
      runScript: async (_, text) => void explaining(() => database.exec(text)),
      version: () => explaining(() => gate.version()),
      readVersion: async () => explaining(() => gate.version()),
      setVersion: async (_, number) => void database.pragma(`user_version = ${number}`),
      guardWrites: (guard) => gate.guard(guard),
      refuseWrites: (error) => gate.refuse(error),
      check: async () => check(database),
      unwell,
      onServer: undefined,
      inFile: {
        isLost: () => files.lost() !== undefined,
        saveLost: async () => await saveLost(database, files.savedCopy),
        forgetSaved: () => rmSync(files.savedCopy, { force: true }),
        copyAside: async (label) => copyAside(file, label, new Date()),
        snapshot: async () => await snapshotOf(file),
      },
      writeMark: () => explaining(() => Number(dataVersion.get())),
      poke: () => explaining(() => touch(pokeFile)),
      onPoke: (listener) => explaining(() => watchPoke(pokeFile, listener)),
      size: usedSize,
      usedSize,
      tidy: async () => tidy(database),
      close: async () => {
        database.close();
      },
    };
  },
};

function fileOf(url: string): string {
  return url.slice("sqlite:".length);
}

function remediesFor(file: string): Remedies {
  return {
    startAnew: `move it away to start with a new store: for f in ${file} ${file}-wal ${file}-shm; do mv "$f" "$f.old"; done (its history and variables stay behind)`,
    goBack: `put one of the copies in place that upgrades left: ls ${file}.before-*`,
  };
}

/** A store that an unreleased fraisier made has no column `writable_from`. */
async function contents(db: Kysely<Tables>): ReturnType<OpenBackend["contents"]> {
  const columns = await sql<{ name: string }>`select name from pragma_table_info('tb_store_migration')`.execute(db);
  if (columns.rows.some((column) => column.name === "writable_from")) return "a store";
  const { rows } = await sql<{ name: string }>`select name from sqlite_master where type = 'table'`.execute(db);
  if (rows.some(({ name }) => name === COPY_TABLE)) return "part of a copy";
  return rows.length > 0 ? "something else" : "nothing";
}

function bytesIn(database: Database.Database): number {
  const [pages, free, size] = ["page_count", "freelist_count", "page_size"].map((name) =>
    Number(database.pragma(name, { simple: true })),
  );
  return ((pages ?? 0) - (free ?? 0)) * (size ?? 0);
}

function openDatabase(file: string): Database.Database {
  refuseIfLost(file);
  try {
    // The last folder only: a path that is wrong higher up is a mistake to show, not to build.
    if (!existsSync(dirname(file))) mkdirSync(dirname(file));
    // Deliveries and logs are nobody else's; the write-ahead log gets the same mode and owner.
    makeFile(file, 0o640);
    const isEmpty = statSync(file).size === 0;
    const database = new Database(file, { timeout: 15_000 });
    if (isEmpty) database.pragma("auto_vacuum = incremental");
    database.pragma("journal_mode = wal");
    // FULL: a queued deployment must survive a power cut, not only a crash.
    database.pragma("synchronous = full");
    database.pragma("foreign_keys = on");
    // 16 MB instead of 4: a checkpoint writes pages that changed often, as those of indexes, once.
    database.pragma("wal_autocheckpoint = 4000");
    // A statement that adds several rows keeps the pages as they were until it has ended: in a file, this would be as many writes as the write-ahead log takes.
    database.pragma("temp_store = memory");
    // The cache of each connection, and the daemon has two.
    database.pragma("cache_size = -4000");
    // Keeps the write-ahead log from staying large after one long transaction.
    database.pragma("journal_size_limit = 67108864");
    // From here on waiting for a lock is the dialect's, which does not sleep inside the call.
    database.pragma("busy_timeout = 0");
    // Opens the write-ahead log, whose identity is kept beside the file's.
    database.pragma("user_version");
    return database;
  } catch (error) {
    const message = messageOf(error);
    throw new StoreUnavailable(`cannot open the store ${file}: ${message}`, {
      hint: `${ownerHint(file) ?? "Check that the folder exists, that this user may write to it, and that the disk is not full"}; or set store.url in fraises.yaml.`,
      cause: error,
    });
  }
}

function withoutSyncOf(database: Database.Database, db: Kysely<Tables>): NonNullable<OpenBackend["withoutSync"]> {
  return async (work) =>
    await db.connection().execute(async (only) => {
      // No other work of this process can use the connection until this one is done.
      database.pragma("synchronous = normal");
      try {
        return await work(only);
      } finally {
        database.pragma("synchronous = full");
      }
    });
}

function tidy(database: Database.Database): void {
  try {
    // Each slice is a transaction of its own: nobody waits for the whole.
    while (Number(database.pragma("freelist_count", { simple: true })) > FREE_PAGES) {
      const before = database.pragma("page_count", { simple: true });
      database.pragma(`incremental_vacuum(${VACUUM_PAGES})`);
      // A store that was made before there was auto_vacuum keeps its size; its free pages are used again.
      if (database.pragma("page_count", { simple: true }) === before) break;
    }
    // PASSIVE would leave the log as large as it once was.
    database.pragma("wal_checkpoint(TRUNCATE)");
  } catch (error) {
    // Somebody else writes just now: nothing is lost, the next hour tidies.
    if (!isBusy(error)) throw error;
  }
}

function check(database: Database.Database): readonly string[] {
  const damages = (database.pragma("integrity_check(20)") as { integrity_check: string }[]).map(
    ({ integrity_check: found }) => found,
  );
  const orphans = database.pragma("foreign_key_check") as { table: string; parent: string }[];
  return [
    ...damages.filter((found) => found !== "ok"),
    ...orphans
      .slice(0, 20)
      .map(({ table, parent }) => `a row of ${table} refers to a row of ${parent} that is not there`),
  ];
}

/**
 * Kysely prepares every statement anew; preparing costs more than running most of ours. Transactions begin `immediate`: a deferred
 * one that reads first and writes later fails at once with SQLITE_BUSY when another process wrote in between.
 */
function withStatementCache(database: Database.Database): { prepare(sql: string): Database.Statement; close(): void } {
  const statements = new Map<string, Database.Statement>();
  return {
    prepare(sql) {
      const text = sql === "begin" ? "begin immediate" : sql;
      let statement = statements.get(text);
      if (statement === undefined) {
        statement = database.prepare(text);
        // Lists of changing length make many texts: the oldest goes.
        if (statements.size >= 500) statements.delete(statements.keys().next().value ?? "");
        statements.set(text, statement);
      }
      return statement;
    },
    close: () => void database.close(),
  };
}
