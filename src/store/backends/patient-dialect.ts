import { setTimeout as sleep } from "node:timers/promises";
import type { CompiledQuery, DatabaseConnection, Dialect, Driver, QueryResult, TransactionSettings } from "kysely";

/** A store that is locked for longer is not coming back soon: whoever asked hears it. */
const PATIENCE_MS = 15_000;
const PAUSE_MS = 20;

/** Looks at every write of a connection to the store. */
export interface WriteGate {
  /** A transaction has begun, and nothing was written yet. @throws an error that refuses it. */
  begun(): void;
  /** A transaction is committed. @throws an error if what it wrote does not last. */
  committed(): void;
  /** The engine ends a transaction by itself if the disk is full or fails. */
  isInTransaction(): boolean;
  /** The error to report for one of the engine's. */
  explain(error: unknown): unknown;
}

/**
 * A SQLite dialect whose statements wait for a lock of another process without holding up the event loop: SQLite's own busy handler sleeps inside
 * the call, and this thread with it. The database must be opened with a busy timeout of 0.
 */
export function patient(dialect: Dialect, gate: WriteGate, patienceMs: () => number = () => PATIENCE_MS): Dialect {
  return {
    createAdapter: () => dialect.createAdapter(),
    createIntrospector: (db) => dialect.createIntrospector(db),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createDriver: () => new PatientDriver(dialect.createDriver(), gate, patienceMs),
  };
}

class PatientDriver implements Driver {
  readonly #inner: Driver;
  readonly #gate: WriteGate;
  readonly #patienceMs: () => number;

  constructor(inner: Driver, gate: WriteGate, patienceMs: () => number) {
    this.#inner = inner;
    this.#gate = gate;
    this.#patienceMs = patienceMs;
  }

  init(): Promise<void> {
    return this.#inner.init();
  }

  async acquireConnection(): Promise<PatientConnection> {
    return new PatientConnection(await this.#inner.acquireConnection(), this.#gate, this.#patienceMs);
  }

  async beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    await this.#inner.beginTransaction(connection, settings);
    try {
      this.#gate.begun();
    } catch (error) {
      await this.#inner.rollbackTransaction(connection);
      throw error;
    }
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await this.#inner.commitTransaction(connection);
    this.#gate.committed();
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    // A rollback that finds no transaction would hide the error that ended it.
    if (this.#gate.isInTransaction()) await this.#inner.rollbackTransaction(connection);
  }

  releaseConnection(connection: PatientConnection): Promise<void> {
    return this.#inner.releaseConnection(connection.inner);
  }

  destroy(): Promise<void> {
    return this.#inner.destroy();
  }
}

class PatientConnection implements DatabaseConnection {
  readonly inner: DatabaseConnection;
  readonly #gate: WriteGate;
  readonly #patienceMs: () => number;

  constructor(inner: DatabaseConnection, gate: WriteGate, patienceMs: () => number) {
    this.inner = inner;
    this.#gate = gate;
    this.#patienceMs = patienceMs;
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    const deadline = performance.now() + this.#patienceMs();
    for (;;) {
      try {
        return await this.inner.executeQuery<Row>(query);
      } catch (error) {
        // Only the first statement of a transaction can meet a lock: it begins immediate, and nothing was done yet.
        if (!isBusy(error) || performance.now() > deadline) throw this.#gate.explain(error);
        await sleep(PAUSE_MS);
      }
    }
  }

  streamQuery<Row>(query: CompiledQuery, chunkSize = 100): AsyncIterableIterator<QueryResult<Row>> {
    return this.inner.streamQuery<Row>(query, chunkSize);
  }
}

/** SQLITE_BUSY and its kin (SQLITE_BUSY_SNAPSHOT …): another connection holds the lock. */
export function isBusy(error: unknown): boolean {
  return error instanceof Error && String((error as { code?: unknown }).code).startsWith("SQLITE_BUSY");
}
