import type { Outcome } from "../domain/deployment.ts";
import type { Phase } from "../domain/phase.ts";
import type { Host } from "../host/host.ts";
import type { Step } from "../steps/step.ts";
import type { Store } from "../store/store.ts";
import type { Journal } from "./journal.ts";
import type { KeptLocally } from "./keep-locally.ts";
import type { OutputLog } from "./output-log.ts";
import type { ContextFor } from "./step-context.ts";

/** A deployment in the hands of its runner: everything that running it, or taking it back, works with. */
export interface Run {
  readonly id: string;
  readonly owner: string;
  readonly steps: readonly Step[];
  readonly store: Store;
  readonly journal: Journal;
  readonly output: OutputLog;
  /** The journal on this machine; undefined for a store in a file, which is never away. */
  readonly local?: KeptLocally | undefined;
  readonly clock: Host["clock"];
  readonly contextFor: ContextFor;
  /** Aborted from outside: cancelled, out of time, lease lost, the runner stopped. */
  readonly signal: AbortSignal;
  /** Aborted if the runner is stopped, whatever else interrupted the deployment before. */
  readonly stopping: AbortSignal;
  readonly automaticRollback: boolean;
  readonly releasePath: string;
  /** The reason that an earlier runner recorded when it began to take the deployment back; undefined if none did. */
  readonly rollback: { readonly reason: string; readonly isBadRevision: boolean; readonly passes: boolean } | undefined;
  /** How often a runner has taken it up, this one counted. */
  readonly attempt: number;
  /** How many of the earlier runners were stopped in order and gave it back. */
  readonly stops: number;
  /** The runner before this one was stopped in order. */
  readonly wasStopped: boolean;
  /** How often a deployment is queued again that failed for a reason that is not the revision's. */
  readonly retries: number;
  /** Milliseconds that one phase may take. */
  readonly phaseTimeouts: Readonly<Partial<Record<Phase, number>>>;
  /** The operator's `on_failure` commands; what becomes of them changes nothing any more. Never rejects. */
  onFailure(outcome: Outcome, reason: string): Promise<void>;
  /** Milliseconds in which the deployment waited for the store: no time of a phase. */
  awayMs?(): number;
  /** Reasons and hints quote what programs printed. */
  redact(text: string): string;
}
