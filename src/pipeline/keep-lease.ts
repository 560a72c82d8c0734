import type { Store } from "../store/store.ts";
import { LeaseLost } from "../store/writes/lease-lost.ts";
import { Cancelled, OutOfTime, Stopped } from "./interruptions.ts";
import { workingTimeout } from "./working-timeout.ts";

/** How long a runner may be silent before somebody looks whether it is dead. */
export const LEASE_MS = 30_000;
const HEARTBEAT_MS = 5_000;
/** A store that does not answer must not keep a machine from going down. */
const PATIENCE_MS = 1_000;

/** The lease of a runner on its deployment, kept until disposed of. */
export interface Lease extends Disposable {
  /** Aborted by a cancellation, the deadline, a lost lease, or a stop of the runner. */
  readonly signal: AbortSignal;
  /** Aborted if the runner is stopped, whatever else interrupted the deployment before. */
  readonly stopping: AbortSignal;
  /** A person has asked for the cancellation already. */
  cancel(by: string): void;
}

interface Held {
  readonly store: Pick<Store, "queue" | "onPoke">;
  readonly id: string;
  readonly owner: string;
  /** Longest that the deployment may take, milliseconds. */
  readonly timeoutMs: number;
  /** Milliseconds in which the deployment waited for the store. */
  awayMs?(): number;
}

/** Renews the lease until disposed of, and hears by it of cancellations. SIGTERM stops the runner. */
export function keepLease({ store, id, owner, timeoutMs, awayMs = () => 0 }: Held): Lease {
  const [interruption, stopping] = [new AbortController(), new AbortController()];
  const cancel = (by: string): void => interruption.abort(new Cancelled(by));
  let isOver = false;
  let beating: Promise<void> | undefined;
  let again = false;
  const beatOnce = async (): Promise<void> => {
    try {
      const { held, cancelRequestedBy } = await store.queue.renewLease(id, owner, LEASE_MS);
      if (!held) interruption.abort(new LeaseLost(id));
      else if (cancelRequestedBy !== undefined) cancel(cancelRequestedBy);
    } catch (error) {
      // The store may be busy for a moment, or away. A runner that loses its lease finds out at its next write.
      process.stderr.write(`heartbeat: ${String(error)}\n`);
    }
  };
  const beat = (): void => {
    // A beat may wait for a store that is away: only one more waits behind it.
    again = beating !== undefined;
    beating ??= beatOnce().finally(() => {
      beating = undefined;
      if (again && !isOver) beat();
    });
  };
  const heartbeat = setInterval(beat, HEARTBEAT_MS);
  const deadline = workingTimeout(timeoutMs, awayMs, () => interruption.abort(new OutOfTime(timeoutMs)));
  // A cancellation pokes: it is heard at once, not with the next beat.
  const stopListening = store.onPoke(beat);
  const stop = (): void => stopping.abort(new Stopped());
  const terminate = (): void => {
    const patience = setTimeout(stop, PATIENCE_MS);
    store.queue.renewLease(id, owner, LEASE_MS).then(({ cancelRequestedBy }) => {
      clearTimeout(patience);
      // A deployment that a person has cancelled is taken back to its end: a stop in between would only leave that to another runner.
      if (cancelRequestedBy === undefined) stop();
      else cancel(cancelRequestedBy);
      return undefined;
    }, stop);
  };
  process.once("SIGTERM", terminate);
  return {
    signal: AbortSignal.any([interruption.signal, stopping.signal]),
    stopping: stopping.signal,
    cancel,
    [Symbol.dispose]() {
      isOver = true;
      clearInterval(heartbeat);
      deadline.clear();
      stopListening();
      process.off("SIGTERM", terminate);
    },
  };
}
