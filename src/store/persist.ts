import { setTimeout as sleep } from "node:timers/promises";
import type { StoreUnavailable } from "../domain/errors.ts";

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1_000;

/** Makes an attempt again and again while the store is away. */
export type Persist = <Result>(attempt: (isRepeat: boolean) => Promise<Result>) => Promise<Result>;

/** The patience of a process with a store that is away. */
export interface Patience {
  /** Aborted if no call may wait any longer. */
  readonly over: AbortSignal;
  /**
   * An attempt has failed because the store is away.
   * @param began the time of `performance.now()` at which the call began.
   * @throws if the patience is over.
   */
  failed(error: StoreUnavailable, began: number): void;
  /** An attempt has succeeded: the store is there. */
  succeeded(): void;
}

/** @param mayComeBack whether an error says that the store is away, and may be back later. */
export function persistence(mayComeBack: (error: unknown) => error is StoreUnavailable, patience: Patience): Persist {
  return async (attempt) => {
    const began = performance.now();
    let pause = FIRST_PAUSE_MS;
    for (let isRepeat = false; ; isRepeat = true) {
      try {
        const result = await unlessOver(attempt(isRepeat), patience);
        patience.succeeded();
        return result;
      } catch (error) {
        if (!mayComeBack(error)) throw error;
        patience.failed(error, began);
        await sleep(pause, undefined, { signal: patience.over }).catch(() => undefined);
        if (patience.over.aborted) throw patience.over.reason;
        pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
      }
    }
  };
}

/** An attempt that hangs does not keep the process once the patience is over. */
async function unlessOver<Result>(attempt: Promise<Result>, { over }: Patience): Promise<Result> {
  if (over.aborted) return await attempt;
  const ended = Promise.withResolvers<never>();
  const end = (): void => ended.reject(over.reason);
  over.addEventListener("abort", end, { once: true });
  try {
    return await Promise.race([attempt, ended.promise]);
  } finally {
    over.removeEventListener("abort", end);
  }
}
