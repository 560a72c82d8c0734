import type { Readable, Writable } from "node:stream";
import type { Secret } from "../config/config.ts";
import type { BackupSettings } from "../config/keys/backup-settings.ts";
import type { Host } from "../host/host.ts";

/** How the programs of an engine are spoken to for one target. */
export interface DumpContext {
  readonly settings: BackupSettings;
  readonly url: Secret | undefined;
  readonly host: Host;
  /** The environment of the programs. The operator's own commands also get the URL as DATABASE_URL. */
  readonly env: Readonly<Record<string, string>>;
  readonly user: string | undefined;
  readonly signal: AbortSignal;
  /** For a dump, a restore, a test. */
  readonly timeoutMs: number;
  log(line: string): void;
}

/**
 * The two directions for one database: dump and restore. Dumps are streams, so that neither memory nor the rights of the user who runs the programs matter.
 * Every failure is a StepFailed or HostUnavailable with the program's own words.
 */
export interface Dump {
  /** For people, without secrets: `the PostgreSQL database shop`. */
  readonly name: string;
  /** The name of the dump within a backup: `database.pgdump`. */
  readonly fileName: string;
  /** The versions of the program and of the engine; "" if unknown. */
  versions(): Promise<{ readonly tool: string; readonly engine: string }>;
  /** The bytes that the database takes now; undefined if unknown. */
  size(): Promise<number | undefined>;
  /** Dumps the state of one moment, while other processes go on writing. */
  dump(to: Writable): Promise<void>;
  /** Replaces everything in the database by the dump. Restoring twice does no harm. */
  restore(archive: DumpArchive): Promise<void>;
  /** Whether the program can read the dump to its end. */
  test(archive: DumpArchive): Promise<void>;
}

/** A dump that was made. */
export interface DumpArchive {
  /** Reads the dump from its start, each time. The stream breaks if the dump is not the one that was written. */
  read(): Readable;
  /** A free path in a folder that only we may look into, for files that last as long as the call. */
  readonly scratch: string;
}

/** Knows how the databases of one engine are dumped. */
export interface Dumper {
  /** As manifests name it: `postgresql`. */
  readonly engine: string;
  /** @param scheme of the database's URL; "" if it has none. */
  recognises(scheme: string, settings: BackupSettings): boolean;
  open(context: DumpContext): Dump;
}
