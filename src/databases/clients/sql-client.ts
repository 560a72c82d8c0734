import type { Host } from "../../host/host.ts";
import type { DatabaseUrl } from "../database-url.ts";

/** The things that a client is started with. */
export interface ClientContext {
  readonly url: DatabaseUrl;
  readonly host: Host;
  readonly env: Readonly<Record<string, string>>;
  readonly user: string | undefined;
  readonly signal: AbortSignal;
  /** The name of this client, shown to others who wait for its lock. */
  readonly name: string;
}

interface Script {
  readonly sql: string;
  /** All or nothing, where the engine can. */
  readonly transaction: boolean;
  readonly timeoutMs: number;
  /** For errors: `0003_price.sql`. */
  readonly what: string;
  onLine?(line: string): void;
}

/** The migration lock: it keeps every other fraisier from migrating this database until it is disposed of, or this process dies, however it dies. */
export interface DatabaseLock extends AsyncDisposable {
  /** Aborts when the server has taken the lock away: its connection is gone. */
  readonly lost: AbortSignal;
}

/** A database, spoken to through the engine's own command-line client. Everything throws StepFailed or HostUnavailable. */
export interface SqlDatabase {
  /** For people, without secrets: `the PostgreSQL database shop`. */
  readonly name: string;
  /** Whether DDL can be taken back by a transaction. */
  readonly transactionalDdl: boolean;
  run(script: Script): Promise<void>;
  /** Rows of text. */
  query(sql: string): Promise<readonly (readonly string[])[]>;
  /** The full name of a table in this database as SQL writes it; undefined when there is none. */
  findTable(name: string): Promise<string | undefined>;
  /** Resolves once no script of ours runs in it any more, not even one whose client is dead. */
  settle(timeoutMs: number): Promise<void>;
  /** Drops everything that is in it. */
  empty(timeoutMs: number): Promise<void>;
  /** @throws StepFailed that names who has it, when it is not free within the time. */
  lock(timeoutMs: number): Promise<DatabaseLock>;
}

/** Knows one engine's client. */
export interface SqlClient {
  /** The schemes of URLs that belong to this engine. */
  readonly schemes: readonly string[];
  open(context: ClientContext): SqlDatabase;
}
