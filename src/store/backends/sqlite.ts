import { closeSync, existsSync, futimesSync, mkdirSync, openSync, watch } from "node:fs";
import { dirname } from "node:path";
import Database from "better-sqlite3";
import { Kysely, SqliteDialect } from "kysely";
import { StoreUnavailable } from "../../domain/errors.ts";
import { initialSqlite } from "../migrations/0001-initial.sqlite.ts";
import { migrationHistorySqlite } from "../migrations/0004-migration-history.sqlite.ts";
import { backupSqlite } from "../migrations/0009-backup.sqlite.ts";
import type { Tables } from "../tables.ts";
import type { Backend, OpenBackend } from "./backend.ts";

/** Embedded SQLite in one file: `sqlite:/var/lib/fraisier/fraisier.db`. */
export const sqlite: Backend = {
  scheme: "sqlite",
  open(url): OpenBackend {
    const file = url.slice("sqlite:".length);
    const database = openDatabase(file);
    const pokeFile = `${file}.poke`;
    return {
      db: new Kysely<Tables>({ dialect: new SqliteDialect({ database: withStatementCache(database) }) }),
      migrations: [
        { number: 1, name: "initial", sql: initialSqlite },
        { number: 4, name: "migration-history", sql: migrationHistorySqlite },
        { number: 9, name: "backup", sql: backupSqlite },
      ],
      runScript: async (sql) => void database.exec(sql),
      poke: () => touch(pokeFile),
      onPoke: (listener) => {
        touch(pokeFile);
        const watcher = watch(pokeFile, listener);
        return () => watcher.close();
      },
      close: async () => {
        database.close();
      },
    };
  },
};

function openDatabase(file: string): Database.Database {
  try {
    // The last folder only: a path that is wrong higher up is a mistake to show, not to build.
    if (!existsSync(dirname(file))) mkdirSync(dirname(file));
    const isNew = !existsSync(file);
    const database = new Database(file, { timeout: 15_000 });
    if (isNew) database.pragma("auto_vacuum = incremental");
    database.pragma("journal_mode = wal");
    // FULL: a queued deployment must survive a power cut, not only a crash.
    database.pragma("synchronous = full");
    database.pragma("foreign_keys = on");
    // 16 MB instead of 4: a checkpoint writes pages that changed often, as those of indexes, once.
    database.pragma("wal_autocheckpoint = 4000");
    // Of each connection, and the daemon has two.
    database.pragma("cache_size = -4000");
    // Keeps the write-ahead log from staying large after one long transaction.
    database.pragma("journal_size_limit = 67108864");
    return database;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new StoreUnavailable(`cannot open the store ${file}: ${message}`, {
      hint: "Check that the folder exists, that this user may write to it, and that the disk is not full; or set store.url in fraises.yaml.",
      cause: error,
    });
  }
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

/** Only its time of change matters: watchers are told by the kernel. */
function touch(file: string): void {
  const descriptor = openSync(file, "a", 0o660);
  try {
    const now = new Date();
    futimesSync(descriptor, now, now);
  } finally {
    closeSync(descriptor);
  }
}
