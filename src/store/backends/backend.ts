import type { ReadStream } from "node:fs";
import type { Kysely } from "kysely";
import type { StoreUnavailable } from "../../domain/errors.ts";
import type { Tables } from "../tables.ts";

/** An engine that can hold the store. */
export interface Backend {
  /** The scheme of the store URL, `sqlite`. */
  readonly scheme: string;
  /** Whether there is a store already: opening makes one. */
  exists(url: string): boolean;
  /** @throws StoreUnavailable when it cannot be opened, or is a database of another program. */
  /** @param patienceMs how long a statement that begins now waits for a lock of another process; the backend's own patience if undefined. */
  open(url: string, patienceMs: (() => number) | undefined): OpenBackend;
}

export interface OpenBackend {
  readonly db: Kysely<Tables>;
  /** The name of the store in messages: its file. */
  readonly name: string;
  /** The migrations of this engine, in order. */
  readonly migrations: readonly Migration[];
  /** The views of the newest version. */
  readonly views: readonly View[];
  /** Runs several statements separated by semicolons, inside or outside a transaction. */
  runScript(sql: string): Promise<void>;
  /** How far the store's migrations have come, at this moment. Costs a few microseconds. */
  version(): StoreVersion;
  /** Inside a migration's transaction: the number that version() gives once the transaction is committed. */
  setVersion(number: number): void;
  /** `guard` runs at the beginning of each transaction that finds another version than the last one did. If it throws, the transaction is not begun. */
  guardWrites(guard: () => void): void;
  /** From now on, every write of this connection fails with this error. */
  refuseWrites(error: Error): void;
  /** Why nothing can be recorded at this moment: the file is gone or another one, the disk is full or read-only. Costs microseconds. */
  unwell(): StoreUnavailable | undefined;
  /** Whether the file that is open was deleted or replaced. */
  isLost(): boolean;
  /** Saves what this connection still has open of a store that was deleted or replaced. Gives the copy's file. */
  saveLost(): Promise<string>;
  /** The store is there again: removes that copy. */
  forgetSaved(): void;
  /** Makes a consistent copy of the store beside it. It is on disk when this resolves. @throws HostUnavailable if there is no room for it. */
  copyAside(label: string): Promise<CopyAside>;
  /** Another number than before if another connection has written to the store meanwhile. Costs a few microseconds. */
  writeMark(): number;
  /** Tells every process that watches this store that something in the queue changed. */
  poke(): void;
  /** Calls back, soon after, whenever any process poked. Returns the way to stop. */
  onPoke(listener: () => void): () => void;
  /** A consistent copy of the store, as it is now, while others go on writing. @throws HostUnavailable if there is no room for it. */
  snapshot(): Promise<Snapshot>;
  /** Reads the whole store and says what is wrong with it; empty if nothing is. */
  check(): Promise<readonly string[]>;
  /** Bytes in use: what is free for the next rows does not count. */
  size(): Promise<number>;
  /** Gives space that is free back to the file system, a little at a time, and empties the write-ahead log. */
  tidy(): Promise<void>;
  close(): Promise<void>;
}

/** How far the migrations of a store have come: 0, 0 and "" for one without any. */
export interface StoreVersion {
  /** The number of its newest migration. */
  readonly number: number;
  /** The oldest version that a program may know and still write to this store. */
  readonly writableFrom: number;
  /** The fraisier that applied the newest migration. */
  readonly program: string;
}

/** A numbered step of the store's own shape. */
export interface Migration {
  /** From 1, without gaps. */
  readonly number: number;
  readonly name: string;
  readonly sql: string;
  /**
   * The oldest version (number of its newest migration) that a program may know and still write to the store after this migration. A migration only adds what
   * the previous minor version can ignore, and names that version here. A table or column that a minor version no longer uses is removed by the next one.
   */
  readonly writableFrom: number;
}

/** A question about the tables that the database itself answers. Each migration makes every view anew, in its transaction. */
export interface View {
  readonly name: string;
  /** The select that it stands for. */
  readonly sql: string;
}

/** A copy of the store that has no name: it is gone once it is closed, or its process ends. */
export interface Snapshot {
  readonly bytes: number;
  /** Reads it from its beginning; it can be read several times. */
  read(): ReadStream;
  close(): Promise<void>;
}

/** A copy of the store, made before a migration. */
export interface CopyAside {
  readonly file: string;
  /** Keeps this copy and the newest one before it; removes the others. */
  keep(): void;
  /** Removes this copy: it is not needed after all. */
  discard(): void;
}
