import type { Config, Target } from "../config/config.ts";
import type { Forge } from "../forges/forge.ts";
import type { Host } from "../host/host.ts";
import type { Store } from "../store/store.ts";

export type FindingStatus = "ok" | "warning" | "error" | "skipped";

/** A result of an examination. */
export interface Finding {
  /** The thing, for people: `git`, `unit fraisier.service`, `repository acme/shop`. */
  readonly check: string;
  readonly status: FindingStatus;
  readonly message: string;
  /** The remedy, a command if there is one; every warning and error has it. */
  readonly remedy?: string;
}

/** A user of this machine. */
export interface Account {
  readonly uid: number;
  /** `uid 1003` where this machine has no name for it. */
  readonly name: string;
}

/** Everything that is examined: this machine, fraises.yaml and the store, as far as they can be read. */
export interface Patient {
  readonly host: Host;
  readonly forges: readonly Forge[];
  /** Undefined if fraises.yaml cannot be read: `configError` says why. */
  readonly config: Config | undefined;
  readonly configError: unknown;
  /** The targets to look at; empty without a configuration. */
  readonly targets: readonly Target[];
  readonly stateDirectory: string;
  /** The user that this process runs as: every check is made with its rights. */
  readonly actor: Account;
  /** The owner of the state folder, as which daemon and runners run; undefined without such a folder. */
  readonly service: Account | undefined;
  /** Undefined if there is none yet, or if it cannot be opened: `storeError` says why. */
  readonly store: Store | undefined;
  readonly storeError: unknown;
  /** Why the daemon cannot reach the store, by its own word, though this process can. */
  readonly daemonsFault?: string | undefined;
  /** The version of this program. */
  readonly version: string;
  readonly env: Readonly<Record<string, string>>;
  readonly now: Date;
}

/** A file of this folder: looks at one kind of precondition, and never changes anything. */
export interface Examination {
  readonly name: string;
  /** @param signal aborted when the time of this examination is over. May throw: the error becomes a finding. */
  examine(patient: Patient, signal: AbortSignal): Promise<readonly Finding[]>;
}

export function fine(check: string, message: string): Finding {
  return { check, status: "ok", message };
}

export function warned(check: string, message: string, remedy: string): Finding {
  return { check, status: "warning", message, remedy };
}

export function failed(check: string, message: string, remedy: string): Finding {
  return { check, status: "error", message, remedy };
}

/** Not looked at, and why. */
export function skipped(check: string, message: string): Finding {
  return { check, status: "skipped", message };
}
