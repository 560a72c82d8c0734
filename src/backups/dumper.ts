import type { Readable, Writable } from "node:stream";
import type { Secret } from "../config/config.ts";
import type { BackupSettings } from "../config/backup-settings.ts";
import type { Host } from "../host/host.ts";

/** How the programs of an engine are spoken to for one target. */
export interface DumpContext {
  readonly settings: BackupSettings;
  readonly url: Secret | undefined;
  readonly host: Host;
  /** What the programs get; the URL is added as DATABASE_URL for the operator's own. */
  readonly env: Readonly<Record<string, string>>;
  readonly user: string | undefined;
  readonly signal: AbortSignal;
  /** For a dump, a restore, a test. */
  readonly timeoutMs: number;
  log(line: string): void;
}

/**
 * The way there and back for one database. Dumps are streams, so that neither memory nor the rights of the user who runs the programs
 * matter. Everything throws StepFailed or HostUnavailable with the program's own words.
 */
export interface Dump {
  /** For people, without secrets: `the PostgreSQL database shop`. */
  readonly name: string;
  /** Of the dump within a backup: `database.pgdump`. */
  readonly fileName: string;
  /** Which program makes it, and which engine it speaks to; "" where nobody can say. */
  versions(): Promise<{ readonly tool: string; readonly engine: string }>;
  /** Bytes the database takes now; undefined where nobody can say. */
  size(): Promise<number | undefined>;
  /** One moment's state, while others go on writing. */
  dump(to: Writable): Promise<void>;
  /** Puts the dump in the place of everything that is there. Done twice it does no harm. */
  restore(archive: DumpArchive): Promise<void>;
  /** Whether the program can read the dump to its end. */
  test(archive: DumpArchive): Promise<void>;
}

/** A dump that was made. */
export interface DumpArchive {
  /** From its start, each time. The stream breaks where the dump is not the one that was written. */
  read(): Readable;
  /** A path nothing lies at, in a folder only we may look into: for files that last as long as the call. */
  readonly scratch: string;
}

/** Knows how the databases of one engine are dumped. */
export interface Dumper {
  /** As manifests name it: `postgresql`. */
  readonly engine: string;
  /** @param scheme of the database's URL; "" where it has none. */
  recognises(scheme: string, settings: BackupSettings): boolean;
  open(context: DumpContext): Dump;
}
