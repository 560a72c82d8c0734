import type { Phase } from "../domain/phase.ts";
import { OutOfTime } from "./interruptions.ts";

/** Bounds each phase by itself, beside the bound of the whole deployment. Timers run by the monotonic clock. */
export interface PhaseClock extends Disposable {
  /** Starts the time of a phase, or lets it go on when it is the one that runs. The signal aborts when it is over. */
  enter(phase: Phase): AbortSignal;
}

export function startPhaseClock(limits: Readonly<Partial<Record<Phase, number>>>): PhaseClock {
  let current: { readonly phase: Phase; readonly over: AbortController } | undefined;
  let timer: NodeJS.Timeout | undefined;
  return {
    enter(phase) {
      if (current?.phase === phase) return current.over.signal;
      clearTimeout(timer);
      const over = new AbortController();
      current = { phase, over };
      const limit = limits[phase];
      if (limit !== undefined) timer = setTimeout(() => over.abort(new OutOfTime(limit, phase)), limit);
      return over.signal;
    },
    [Symbol.dispose]() {
      clearTimeout(timer);
    },
  };
}
