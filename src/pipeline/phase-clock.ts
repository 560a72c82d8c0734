import type { Phase } from "../domain/phase.ts";
import { OutOfTime } from "./interruptions.ts";
import { workingTimeout } from "./working-timeout.ts";
import type { WorkingTimeout } from "./working-timeout.ts";

/** Bounds each phase by itself, beside the bound of the whole deployment. Timers run by the monotonic clock. */
export interface PhaseClock extends Disposable {
  /** Starts the time of a phase, or lets it go on when it is the one that runs. The signal aborts when it is over. */
  enter(phase: Phase): AbortSignal;
}

/** @param awayMs counts the milliseconds in which the store was away: they are no phase's. */
export function startPhaseClock(
  limits: Readonly<Partial<Record<Phase, number>>>,
  awayMs: () => number = () => 0,
): PhaseClock {
  let current: { readonly phase: Phase; readonly over: AbortController } | undefined;
  let timer: WorkingTimeout | undefined;
  return {
    enter(phase) {
      if (current?.phase === phase) return current.over.signal;
      timer?.clear();
      const over = new AbortController();
      current = { phase, over };
      const limit = limits[phase];
      if (limit !== undefined) timer = workingTimeout(limit, awayMs, () => over.abort(new OutOfTime(limit, phase)));
      return over.signal;
    },
    [Symbol.dispose]() {
      timer?.clear();
    },
  };
}
