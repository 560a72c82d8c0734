import type Database from "better-sqlite3";
import type { StoreVersion } from "./backend.ts";
import type { WriteGate } from "./patient-dialect.ts";

/** Refuses the writes of one connection once the store is newer than the program. Costs one look at the file's header per transaction. */
export interface SqliteGate extends WriteGate {
  version(): StoreVersion;
  guard(guard: () => void): void;
  refuse(error: Error): void;
}

export function createGate(database: Database.Database): SqliteGate {
  const userVersion = database.prepare("pragma user_version").pluck();
  let known: StoreVersion = { number: 0, writableFrom: 0, program: "" };
  let guard = (): void => {};
  let passed: number | undefined;
  let refusal: Error | undefined;
  return {
    version() {
      const number = Number(userVersion.get());
      if (number !== known.number) known = readVersion(database, number);
      return known;
    },
    guard(wanted) {
      guard = wanted;
      passed = undefined;
    },
    refuse(error) {
      refusal = error;
      // For statements outside a transaction.
      database.pragma("query_only = on");
    },
    begun() {
      const number = Number(userVersion.get());
      if (number === passed) return;
      guard();
      passed = number;
    },
    explain(error) {
      const isReadOnly = error instanceof Error && (error as { code?: unknown }).code === "SQLITE_READONLY";
      return isReadOnly ? (refusal ?? error) : error;
    },
  };
}

function readVersion(database: Database.Database, number: number): StoreVersion {
  const isOurs = database.prepare("select 1 from sqlite_master where name = 'tb_store_migration'").get() !== undefined;
  if (!isOurs) return { number, writableFrom: 0, program: "" };
  const ask = (question: string): unknown => database.prepare(question).pluck().get();
  return {
    number,
    writableFrom: Number(ask("select max(writable_from) from tb_store_migration")),
    program: String(ask("select program from tb_store_migration order by number desc limit 1")),
  };
}
