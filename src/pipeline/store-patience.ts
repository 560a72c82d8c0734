import { StoreAway } from "../domain/errors.ts";
import type { StoreUnavailable } from "../domain/errors.ts";
import { durationInWords } from "../domain/duration-in-words.ts";
import type { Patience } from "../store/persist.ts";

/** How long a runner waits for a store that is away, and for how long the store was away. */
export interface StorePatience extends Patience {
  /** Milliseconds in which calls waited for the store so far: time that no step used. */
  awayMs(): number;
  /** Nothing waits any more: a call that is waiting ends with this reason, and every later one is made once. */
  end(reason: Error): void;
}

interface PatienceParts {
  readonly patienceMs: number;
  monotonicMs?(): number;
  /** Tells people that the runner waits, and that it goes on. */
  tell?(text: string): void;
}

/** The patience is counted anew for each time that the store is away. Once it is over, it stays over: what was begun to be taken back is not gone on with. */
export function storePatience({
  patienceMs,
  monotonicMs = () => performance.now(),
  tell = () => {},
}: PatienceParts): StorePatience {
  const over = new AbortController();
  let outage: { readonly since: number; readonly timer: NodeJS.Timeout; error: StoreUnavailable } | undefined;
  let beforeMs = 0;
  const away = (cause: StoreUnavailable): StoreAway =>
    new StoreAway(
      `the store was away for longer than store.patience (${durationInWords(patienceMs)}): ${cause.message}`,
      {
        cause,
        ...(cause.hint === undefined ? {} : { hint: cause.hint }),
      },
    );
  const endOutage = (): void => {
    if (outage === undefined) return;
    clearTimeout(outage.timer);
    beforeMs += monotonicMs() - outage.since;
    outage = undefined;
  };
  const end = (reason: Error): void => {
    endOutage();
    over.abort(reason);
  };
  return {
    over: over.signal,
    failed(error, began) {
      if (over.signal.aborted) throw away(error);
      if (outage !== undefined) {
        outage.error = error;
        return;
      }
      tell(`${error.message}; the runner waits up to ${durationInWords(patienceMs)} for it`);
      const left = Math.max(0, began + patienceMs - monotonicMs());
      outage = { since: began, timer: setTimeout(() => end(away(outage?.error ?? error)), left), error };
    },
    succeeded() {
      if (outage === undefined) return;
      tell(`the store is back after ${durationInWords(monotonicMs() - outage.since)}`);
      endOutage();
    },
    awayMs: () => beforeMs + (outage === undefined ? 0 : monotonicMs() - outage.since),
    end,
  };
}
