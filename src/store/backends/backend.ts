import type { Kysely } from "kysely";
import type { Tables } from "../tables.ts";

/** An engine that can hold the store. */
export interface Backend {
  /** The scheme of the store URL, `sqlite`. */
  readonly scheme: string;
  /** Whether there is a store already: opening makes one. */
  exists(url: string): boolean;
  /** @throws StoreUnavailable when it cannot be opened. */
  open(url: string): OpenBackend;
}

export interface OpenBackend {
  readonly db: Kysely<Tables>;
  /** The migrations of this engine, in order. */
  readonly migrations: readonly Migration[];
  /** Runs several statements separated by semicolons, inside or outside a transaction. */
  runScript(sql: string): Promise<void>;
  /** Tells every process that watches this store that something in the queue changed. */
  poke(): void;
  /** Calls back, soon after, whenever any process poked. Returns the way to stop. */
  onPoke(listener: () => void): () => void;
  /** Bytes in use: what is free for the next rows does not count. */
  size(): Promise<number>;
  /** Gives space that is free back to the file system, a little at a time, and empties the write-ahead log. */
  tidy(): Promise<void>;
  close(): Promise<void>;
}

/** One numbered step of the store's own shape. */
export interface Migration {
  /** From 1, without gaps. */
  readonly number: number;
  readonly name: string;
  readonly sql: string;
}
