import type { Outcome } from "../domain/deployment.ts";
import type { Step } from "../steps/step.ts";
import type { Store } from "../store/store.ts";
import type { Journal } from "./journal.ts";
import type { OutputLog } from "./output-log.ts";
import type { ContextFor } from "./step-context.ts";

/** One deployment in the hands of its runner: everything that running it, or taking it back, works with. */
export interface Run {
  readonly id: string;
  readonly owner: string;
  readonly steps: readonly Step[];
  readonly store: Store;
  readonly journal: Journal;
  readonly output: OutputLog;
  readonly contextFor: ContextFor;
  /** Aborted from outside: cancelled, out of time, lease lost. */
  readonly signal: AbortSignal;
  readonly automaticRollback: boolean;
  readonly releasePath: string;
  /** An earlier runner was already taking it back when it died. */
  readonly wasRollingBack: boolean;
  /** Ends a command that a runner that died has left running; false when there is none any more. */
  endLeftOver(name: string): Promise<boolean>;
  /** The operator's `on_failure` commands; what becomes of them changes nothing any more. Never rejects. */
  onFailure(outcome: Outcome, reason: string): Promise<void>;
  /** Reasons and hints quote what programs printed. */
  redact(text: string): string;
}
