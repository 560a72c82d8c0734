import type { ReloadFailure, Trouble } from "./trouble.ts";

/** A daemon as it has told of itself, whether it still lives or not. */
export interface KnownDaemon {
  readonly id: string;
  /** The name of its host, `server.name`; empty for a daemon of a version that had none. */
  readonly name: string;
  readonly host: string;
  readonly pid: number;
  readonly bootId: string;
  readonly startTime: string;
  /** Containers may share host name and boot id: the same pid is another process in another namespace. */
  readonly pidNamespace: string;
  readonly listen: string;
  readonly version: string;
  /** The version of the store that the daemon knows: it only reads a newer store. */
  readonly storeVersion: number;
  readonly startedAt: string;
  /** The fraises.yaml it reads; empty for a daemon of a version that did not say. */
  readonly configFile: string;
  /** The stamp of the file as it read it. */
  readonly configStamp: string;
  readonly configReadAt: string;
  /** The digest of the file's settings without those of this host (config/file/config-digest.ts); empty for a daemon of a version that did not say. */
  readonly configDigest: string;
  readonly troubles: readonly Trouble[];
  /** How many reloads were asked for, and up to which of them it has answered. */
  readonly reloadAsked: number;
  readonly reloadAnswered: number;
  /** Undefined if the last reload went well. */
  readonly reloadFailure: ReloadFailure | undefined;
}
