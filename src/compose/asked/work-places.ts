import { HostUnavailable } from "../../domain/errors.ts";

interface PlaceLimits {
  /** So many pieces of work go on at the same time. */
  readonly atOnce: number;
  /** So many wait for that. */
  readonly waiting: number;
  /** So many of them all may be of one asker. */
  readonly perAsker: number;
}

/** Bounds how many pieces of work go on at the same time. */
export interface WorkPlaces {
  /** Resolves when the work may begin, in the order in which it was asked for. @returns gives the place back. @throws HostUnavailable if too many wait, the signal's reason if it aborts. */
  enter(asker: string, signal: AbortSignal): Promise<() => void>;
}

export function createWorkPlaces({ atOnce, waiting, perAsker }: PlaceLimits): WorkPlaces {
  const queue: (() => void)[] = [];
  const askers: string[] = [];
  let working = 0;
  return {
    async enter(asker, signal) {
      signal.throwIfAborted();
      if (askers.filter((each) => each === asker).length >= perAsker || askers.length >= atOnce + waiting)
        throw new HostUnavailable("too many plans and verifications go on at the same time", {
          hint: "Try again in a minute.",
        });
      askers.push(asker);
      try {
        if (working >= atOnce) await turn(queue, signal);
      } catch (error) {
        askers.splice(askers.indexOf(asker), 1);
        throw error;
      }
      working += 1;
      return () => {
        working -= 1;
        askers.splice(askers.indexOf(asker), 1);
        queue.shift()?.();
      };
    },
  };
}

async function turn(queue: (() => void)[], signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const leave = (): void => {
    queue.splice(queue.indexOf(resolve), 1);
    reject(signal.reason as Error);
  };
  queue.push(resolve);
  signal.addEventListener("abort", leave, { once: true });
  await promise.finally(() => signal.removeEventListener("abort", leave));
}
