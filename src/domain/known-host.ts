import type { KnownDaemon } from "./known-daemon.ts";

/** A host of the store, as its daemon has told of it. */
export interface KnownHost {
  /** `server.name` of its fraises.yaml. */
  readonly name: string;
  /** `server.labels`. */
  readonly labels: readonly string[];
  readonly joinedAt: string;
  /** The daemon that serves there, or that served there last; undefined if its row is gone. */
  readonly daemon: KnownDaemon | undefined;
  /** The last sign of life of its daemon, by the clock of the store's server; undefined if it gives none, as its store is in a file. */
  readonly seenAt: string | undefined;
  /** The load of the last minute in percent of its processors, and the free bytes where deployments write, when it gave its last sign of life. */
  readonly loadPercent: number | undefined;
  readonly freeBytes: number | undefined;
  /** Undefined for a host that starts what is queued. */
  readonly drained: Drain | undefined;
}

/** A person has a host start nothing more. */
export interface Drain {
  readonly at: string;
  readonly by: string;
  readonly reason: string;
}

/** A daemon gives a sign of life about every ten seconds. A host whose daemon was silent for so long is shown as silent. */
export const SILENT_HOST_MS = 30_000;
