import type { CompiledQuery as Query, DatabaseConnection, Dialect, Driver, QueryResult } from "kysely";
import { CompiledQuery } from "kysely";
import { WRITER_LOCK } from "../writer-lock.ts";
import { OF_TRANSACTION } from "./postgres-client.ts";

/** Looks at every statement and transaction of an open store. */
export interface PostgresGate {
  /** Whether a pooler lends a session for one transaction at a time: a setting of a session would be another process's. */
  readonly isPooled: boolean;
  /** How long a transaction that begins now waits for the lock of another process, in milliseconds. */
  patienceMs(): number;
  /** A transaction has begun and has the lock, and nothing was written yet. @throws an error that refuses it. */
  begun(connection: DatabaseConnection): Promise<void>;
  /** The error of every write, once this process must not write any more. */
  refusal(): Error | undefined;
  /** A statement has succeeded. */
  succeeded(): void;
  /** The error to report for one of the engine's. */
  explain(error: unknown): unknown;
}

/** PostgreSQL's dialect, with transactions that write one after the other: each takes the same lock before it reads or writes anything. */
export function gated(dialect: Dialect, gate: PostgresGate): Dialect {
  return {
    createAdapter: () => dialect.createAdapter(),
    createIntrospector: (db) => dialect.createIntrospector(db),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createDriver: () => new GatedDriver(dialect.createDriver(), gate),
  };
}

class GatedDriver implements Driver {
  readonly #inner: Driver;
  readonly #gate: PostgresGate;

  constructor(inner: Driver, gate: PostgresGate) {
    this.#inner = inner;
    this.#gate = gate;
  }

  init(): Promise<void> {
    return this.#inner.init();
  }

  async acquireConnection(): Promise<GatedConnection> {
    try {
      return new GatedConnection(await this.#inner.acquireConnection(), this.#gate);
    } catch (error) {
      throw this.#gate.explain(error);
    }
  }

  /** Every statement behind the lock sees what was committed before it: the isolation level that the engine begins with is enough. */
  async beginTransaction(connection: GatedConnection): Promise<void> {
    const patience = Math.max(1, Math.ceil(this.#gate.patienceMs()));
    connection.isInTransaction = true;
    try {
      await connection.executeQuery(
        CompiledQuery.raw(
          `begin; ${this.#gate.isPooled ? OF_TRANSACTION : ""} set local lock_timeout = ${patience}; select pg_advisory_xact_lock(${WRITER_LOCK})`,
        ),
      );
      await this.#gate.begun(connection);
    } catch (error) {
      await this.rollbackTransaction(connection);
      throw error;
    }
  }

  async commitTransaction(connection: GatedConnection): Promise<void> {
    await this.#inner.commitTransaction(connection);
    connection.isInTransaction = false;
  }

  async rollbackTransaction(connection: GatedConnection): Promise<void> {
    connection.isInTransaction = false;
    try {
      await this.#inner.rollbackTransaction(connection.inner);
    } catch {
      // The session is lost, and the transaction with it. The error that ended it says more.
    }
  }

  releaseConnection(connection: GatedConnection): Promise<void> {
    return this.#inner.releaseConnection(connection.inner);
  }

  destroy(): Promise<void> {
    return this.#inner.destroy();
  }
}

/** Sessions whose writes the engine refuses already. */
const readOnly = new WeakSet<DatabaseConnection>();

class GatedConnection implements DatabaseConnection {
  readonly inner: DatabaseConnection;
  isInTransaction = false;
  readonly #gate: PostgresGate;

  constructor(inner: DatabaseConnection, gate: PostgresGate) {
    this.inner = inner;
    this.#gate = gate;
  }

  async executeQuery<Row>(query: Query): Promise<QueryResult<Row>> {
    try {
      if (this.#gate.refusal() !== undefined && this.#gate.isPooled) return await this.#readOnly(query);
      if (this.#gate.refusal() !== undefined && !readOnly.has(this.inner)) {
        await this.inner.executeQuery(CompiledQuery.raw("set default_transaction_read_only = on"));
        readOnly.add(this.inner);
      }
      const parameters = query.parameters.map(storable);
      const result = await this.inner.executeQuery<Row>({ ...query, parameters });
      this.#gate.succeeded();
      return result;
    } catch (error) {
      throw this.#gate.explain(error);
    }
  }

  /** A statement in a transaction that cannot write; the session goes back to the pooler as it was. */
  async #readOnly<Row>(query: Query): Promise<QueryResult<Row>> {
    const parameters = query.parameters.map(storable);
    const run = async (): Promise<QueryResult<Row>> => await this.inner.executeQuery<Row>({ ...query, parameters });
    if (this.isInTransaction) {
      const result = await run();
      if (query.sql.startsWith("begin;")) await this.inner.executeQuery(CompiledQuery.raw("set transaction read only"));
      return result;
    }
    await this.inner.executeQuery(CompiledQuery.raw("begin read only"));
    try {
      return await run();
    } finally {
      // The pool gives up a session whose statement was refused, and the pooler ends its transaction.
      await this.inner.executeQuery(CompiledQuery.raw("rollback")).catch(() => undefined);
    }
  }

  streamQuery<Row>(query: Query, chunkSize = 100): AsyncIterableIterator<QueryResult<Row>> {
    return this.inner.streamQuery<Row>(query, chunkSize);
  }
}

/** PostgreSQL's texts hold every character but the one with the number 0, which strangers may send. */
function storable(value: unknown): unknown {
  return typeof value === "string" && value.includes("\0") ? value.replaceAll("\0", "\u{fffd}") : value;
}
