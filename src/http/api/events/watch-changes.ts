import type { Store } from "../../../store/store.ts";

/** Between two looks whether another process has written; each costs microseconds. While no stream is open, there are no looks. */
const LOOK_MS = 200;
/** A storm of pokes wakes the streams so often and no more. */
const PAUSE_MS = 25;

/** Hears of changes in the store on behalf of one stream. */
export interface Ear {
  /** Resolves at once if something was written since the last call, else when something is, after some milliseconds, or at the end. */
  wait(ms: number): Promise<"changed" | "quiet">;
  end(): void;
}

export interface ChangeWatch {
  listen(): Ear;
}

/** Wakes streams whenever a process has written to the store. Pokes are heard at once; what nobody poked for, as phases and lines of a log, at the next look. */
export function watchChanges(store: Pick<Store, "writeMark" | "onPoke">): ChangeWatch {
  const ears = new Set<() => void>();
  let mark = 0;
  let stopWatching = (): void => {};
  const look = (): void => {
    const now = store.writeMark();
    if (now === mark) return;
    mark = now;
    for (const hear of ears) hear();
  };
  const begin = (): void => {
    mark = store.writeMark();
    const timer = setInterval(look, LOOK_MS);
    let soon: NodeJS.Timeout | undefined;
    const stopListening = store.onPoke(() => {
      soon ??= setTimeout(() => {
        soon = undefined;
        look();
      }, PAUSE_MS);
    });
    stopWatching = () => {
      clearInterval(timer);
      clearTimeout(soon);
      stopListening();
    };
  };
  return {
    listen() {
      let isNews = true;
      let wake = (): void => {};
      const hear = (): void => {
        isNews = true;
        wake();
      };
      if (ears.size === 0) begin();
      ears.add(hear);
      return {
        async wait(ms) {
          if (!isNews) {
            const { promise, resolve } = Promise.withResolvers<void>();
            wake = resolve;
            const timer = setTimeout(resolve, ms);
            await promise;
            clearTimeout(timer);
          }
          const heard = isNews;
          isNews = false;
          return heard ? "changed" : "quiet";
        },
        end() {
          wake();
          if (ears.delete(hear) && ears.size === 0) stopWatching();
        },
      };
    },
  };
}
