import type Database from "better-sqlite3";
import type { StoreVersion } from "./backend.ts";
import type { WriteGate } from "./patient-dialect.ts";

/** The questions that the gate asks about the files of the store. */
export interface GateHealth {
  /** Why nothing that is written lasts. */
  lost(): Error | undefined;
  /** An error of the engine in words for people; the same error if there are none. */
  explain(error: unknown): unknown;
}

/**
 * Refuses the writes of one connection once the store is newer than the program, or its file is not at its path any more. Costs one look at the file's
 * header and at its names per transaction.
 */
export interface SqliteGate extends WriteGate {
  version(): StoreVersion;
  guard(guard: () => void): void;
  refuse(error: Error): void;
}

export function createGate(database: Database.Database, health: GateHealth): SqliteGate {
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
    isInTransaction: () => database.inTransaction,
    begun() {
      throwIf(health.lost());
      const number = Number(userVersion.get());
      if (number === passed) return;
      guard();
      passed = number;
    },
    // The file may have been replaced between the two looks: then what was committed is lost, and nobody may be told that it is safe.
    committed: () => throwIf(health.lost()),
    explain(error) {
      const isReadOnly = error instanceof Error && (error as { code?: unknown }).code === "SQLITE_READONLY";
      return isReadOnly && refusal !== undefined ? refusal : health.explain(error);
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

function throwIf(error: Error | undefined): void {
  if (error !== undefined) throw error;
}
