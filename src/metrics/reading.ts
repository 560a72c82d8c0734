import type { TargetKey } from "../domain/fraise.ts";
import type { Store } from "../store/store.ts";

type Measures = Store["measures"];

/** All numbers of one scrape, read at one time. */
export interface Reading {
  readonly daemon: DaemonReading;
  /** Undefined if the store cannot be read at this moment. */
  readonly record: RecordReading | undefined;
}

/** The numbers that the process itself counts, from its start. */
export interface DaemonReading {
  readonly version: string;
  /** The store takes what the daemon writes. */
  readonly isStoreUp: boolean;
  readonly deliveries: readonly { readonly forge: string; readonly status: number; readonly count: number }[];
  readonly unrecordedRefusals: number;
  readonly refusedConnections: number;
  /** Streams of events that are open; those that were refused or cut off since the daemon started. */
  readonly eventStreams: { readonly open: number; readonly refused: number; readonly slow: number };
  /** Targets whose host cannot be compared with the record. */
  readonly unknownTargets: number;
  /** The export of traces; undefined if none are wanted. */
  readonly traces:
    | {
        readonly exported: number;
        readonly refused: number;
        readonly failedRequests: number;
        readonly waitingSince: string | undefined;
      }
    | undefined;
  /** The names of the forges in the settings in force. */
  readonly forges: readonly string[];
  /** The targets in the settings in force: a target that was removed from fraises.yaml has no numbers. */
  readonly targets: readonly TargetKey[];
}

/** The numbers that the store has: they are right whichever process wrote them, and over restarts. */
export interface RecordReading {
  readonly counts: Awaited<ReturnType<Measures["counts"]>>;
  readonly tallies: Awaited<ReturnType<Measures["tallies"]>>;
  readonly targets: Awaited<ReturnType<Measures["targets"]>>;
  readonly bytes: number;
  readonly at: number;
}
