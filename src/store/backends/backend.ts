import type { ReadStream } from "node:fs";
import type { Kysely, RawBuilder } from "kysely";
import type { StoreUnavailable } from "../../domain/errors.ts";
import type { Tables } from "../tables.ts";

/** An engine that can hold the store. */
export interface Backend {
  /** The schemes of its store URLs, `sqlite`. */
  readonly schemes: readonly string[];
  /** Whether there is a store already: opening makes one. @throws StoreUnavailable if that cannot be found out. */
  exists(url: string): Promise<boolean>;
  /**
   * @param patienceMs how long a statement that begins now waits for a lock of another process; the backend's own patience if undefined.
   * @throws StoreUnavailable when it cannot be opened, or is a database of another program.
   */
  open(url: string, patienceMs: (() => number) | undefined): Promise<OpenBackend>;
}

export interface OpenBackend {
  readonly db: Kysely<Tables>;
  /**
   * Runs writes whose commits need not be on disk when they resolve. Such a commit survives the death of this process, and the next commit that waits for the disk
   * takes it along; a power cut before that takes it, and everything behind it. An engine without this waits at each commit.
   */
  readonly withoutSync?: <Result>(work: (db: Kysely<Tables>) => Promise<Result>) => Promise<Result>;
  /** The name of the store in messages: its file, or its server and database; never a password. */
  readonly name: string;
  /** The migrations of this engine, in order. */
  readonly migrations: readonly Migration[];
  /** Creates the table in which a store records its migrations. */
  readonly historySql: string;
  /** The views of the newest version. */
  readonly views: readonly View[];
  readonly remedies: Remedies;
  /** The records that the place of the store has: opening makes a store of `nothing`, and refuses the last two. */
  contents(db: Kysely<Tables>): Promise<"nothing" | "a store" | "part of a copy" | "something else">;
  /** The parts of the engine that copying a store needs (store/copying). */
  readonly copying: Copying;
  /** The parts of the engine that looking for broken promises needs (store/checking). */
  readonly checking: Checking;
  /** Runs several statements separated by semicolons, inside this transaction. */
  runScript(tx: Kysely<Tables>, sql: string): Promise<void>;
  /** How far the store's migrations have come, as this process knows it: each transaction looks anew. Costs microseconds. */
  version(): StoreVersion;
  /** Looks anew how far the migrations have come. */
  readVersion(): Promise<StoreVersion>;
  /** Inside a migration's transaction: other processes learn this number once the transaction is committed. */
  setVersion(tx: Kysely<Tables>, number: number): Promise<void>;
  /** `guard` runs at the beginning of each transaction that finds another version than the last one did. If it throws, the transaction is not begun. */
  guardWrites(guard: () => void): void;
  /** From now on, every write of this process fails with this error. */
  refuseWrites(error: Error): void;
  /** Why nothing can be recorded at this moment: the file is gone, the disk is full, the server cannot be reached. Costs microseconds. */
  unwell(): StoreUnavailable | undefined;
  /** Whether an error says that a server is away, or cannot serve for a while, and may be back later. An engine without a server has none. */
  readonly mayComeBack?: (error: unknown) => error is StoreUnavailable;
  /** The file in which the engine keeps the store; undefined if a server keeps it. */
  readonly inFile: StoreFile | undefined;
  /** The server that keeps the store for several hosts; undefined if a file does. */
  readonly onServer: StoreServer | undefined;
  /** Another number than before if another connection has written to the store meanwhile. Costs microseconds. */
  writeMark(): number;
  /** Tells every process that watches this store that something in the queue changed. */
  poke(): void;
  /** Calls back, soon after, whenever any process poked. Returns the way to stop. */
  onPoke(listener: () => void): () => void;
  /** Reads the whole store and says what is wrong with it; empty if nothing is. */
  check(): Promise<readonly string[]>;
  /** Bytes that the store takes. Cheap. */
  size(): Promise<number>;
  /** Bytes in use: what is free for the next rows does not count. May read the whole store. */
  usedSize(): Promise<number>;
  /** Gives space that is free back, a little at a time, as far as the engine does not do so by itself. */
  tidy(): Promise<void>;
  close(): Promise<void>;
}

/** A table as the engine has it. */
export interface StoreTable {
  readonly name: string;
  readonly columns: readonly StoreColumn[];
  /** The columns of its primary key, in order. */
  readonly key: readonly StoreColumn[];
}

export interface StoreColumn {
  readonly name: string;
  readonly kind: "text" | "integer" | "real" | "bytes";
}

/** The work of an engine for a copy of a store, from it or into it. */
export interface Copying {
  /** Every table of the store, by name. The tables in which migrations and copies are recorded are not among them. */
  tables(db: Kysely<Tables>): Promise<readonly StoreTable[]>;
  /** Inside a transaction: no other process writes until its end, however long it takes. @throws StoreUnavailable if another fraisier has the store open. */
  holdStill(tx: Kysely<Tables>): Promise<void>;
  /** From now on this process may write rows before the rows that they refer to. Before any transaction. */
  allowDangling(): void;
  /** Inside a transaction: takes away what acts by itself when a row is written. Gives the statements that make it anew. */
  loosen(tx: Kysely<Tables>): Promise<readonly string[]>;
  /** Inside a transaction: runs those statements. @throws an error if a row refers to a row that is not there. */
  tighten(tx: Kysely<Tables>, statements: readonly string[]): Promise<void>;
  /** Whether a text may have the character with the number 0. If not, the engine's dialect writes U+FFFD in its place. */
  readonly keepsNul: boolean;
}

/** A column that names a row of another table. */
export interface Reference {
  readonly table: string;
  readonly column: string;
  readonly parent: string;
  readonly parentColumn: string;
}

/** Questions to an engine about its own shape. */
export interface Checking {
  references(db: Kysely<Tables>): Promise<readonly Reference[]>;
  /** The names of those views that are missing, or are not as they should be. */
  otherViews(db: Kysely<Tables>, views: readonly View[]): Promise<readonly string[]>;
}

/** Abilities of an engine that keeps the store in one file. */
interface StoreFile {
  /** Whether the file that is open was deleted or replaced. */
  isLost(): boolean;
  /** Saves what this connection still has open of a store that was deleted or replaced. Gives the copy's file. */
  saveLost(): Promise<string>;
  /** The store is there again: removes that copy. */
  forgetSaved(): void;
  /** Makes a consistent copy of the store beside it. It is on disk when this resolves. @throws HostUnavailable if there is no room for it. */
  copyAside(label: string): Promise<CopyAside>;
  /** A consistent copy of the store, as it is now, while others go on writing. @throws HostUnavailable if there is no room for it. */
  snapshot(): Promise<Snapshot>;
}

/** Abilities of an engine that keeps the store on a server, for several hosts. */
interface StoreServer {
  /** The time by the server's own clock, as ISO 8601 has it. */
  time(): Promise<string>;
  /** Takes a name for as long as a session of its own lives. Undefined if another session has it. @throws StoreUnavailable if the server cannot be asked. */
  claim(name: string, limits?: ClaimLimits): Promise<Claim | undefined>;
  /** The session that has a name; undefined if none has. */
  holderOf(name: string): Promise<Holder | undefined>;
  /** Calls back whenever the session that has this name tells that it lives. Returns the way to stop. */
  onPing(name: string, listener: () => void): () => void;
}

export interface ClaimLimits {
  /** The server ends the session, and the claim with it, if nothing is asked for so long. Without it, a session may be idle. */
  readonly idleMs?: number;
}

/** A name that is taken for as long as a session lives: it ends with the process, with the connection, or with the server. */
export interface Claim {
  /** Statements of that session. They fail once the claim has ended. */
  readonly db: Kysely<Tables>;
  /** The time of the server, in a statement. */
  readonly serverTime: RawBuilder<string>;
  /** Resolves once the claim has ended, however it came. */
  readonly ended: Promise<void>;
  isHeld(): boolean;
  /** Tells everybody who listens that the claim is held. @throws an error if it is not any more. */
  ping(): Promise<void>;
  release(): Promise<void>;
}

/** The session that has a name, as the server knows it. */
interface Holder {
  /** `fraisier@web1 4711`: its program, machine and process. */
  readonly program: string;
  /** The address that it connected from; empty for a socket of the server's own machine. */
  readonly address: string;
  /** Since when it is connected, by the server's clock. */
  readonly since: string;
}

/** The ends of hints: a person reads them after "Stop fraisier, and …". */
export interface Remedies {
  /** The way to begin with an empty store. */
  readonly startAnew: string;
  /** The way back to the store as it was before a newer fraisier migrated it. */
  readonly goBack: string;
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
  /** Rising. The first migration of an engine may make the whole shape of a later number. */
  readonly number: number;
  readonly name: string;
  readonly sql: string;
  /** The hash of `sql`, if it is at hand: the bundle has it. */
  readonly checksum?: string;
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
