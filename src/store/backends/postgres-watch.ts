import type { Client } from "pg";
import type { StoreUnavailable } from "../../domain/errors.ts";

/** Pauses between attempts to reach a server that is away. */
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 10_000;

/** Knows whether the server can be reached, without asking it while all is well. */
export interface ServerWatch {
  /** Why the server cannot be reached, as far as this process knows. */
  fault(): StoreUnavailable | undefined;
  /** A statement found the server out of reach. */
  failed(fault: StoreUnavailable): void;
  /** A session ended by itself: the watch looks whether the server is there. */
  lost(): void;
  /** A statement succeeded. */
  found(): void;
  stop(): void;
}

/** After a failure it asks the server by itself until it answers, less and less often: nothing else might. */
export function watchServer(
  connect: () => Promise<Client>,
  explain: (error: unknown) => StoreUnavailable | undefined,
): ServerWatch {
  let fault: StoreUnavailable | undefined;
  const away = (found: StoreUnavailable): StoreUnavailable => {
    found.since = fault?.since ?? new Date().toISOString();
    return found;
  };
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  let isLooking = false;

  const look = async (pause: number): Promise<void> => {
    try {
      const client = await connect();
      await client.end();
      fault = undefined;
      isLooking = false;
    } catch (error) {
      const found = explain(error);
      if (found !== undefined) fault = away(found);
      if (isStopped) return;
      timer = setTimeout(() => void look(Math.min(2 * pause, LONGEST_PAUSE_MS)), pause);
      timer.unref();
    }
  };
  const begin = (): void => {
    if (isLooking || isStopped) return;
    isLooking = true;
    void look(FIRST_PAUSE_MS);
  };
  return {
    fault: () => fault,
    failed(found) {
      fault = away(found);
      begin();
    },
    lost: begin,
    found() {
      fault = undefined;
    },
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
