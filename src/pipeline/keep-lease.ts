import type { Store } from "../store/store.ts";
import { LeaseLost } from "../store/writes/lease-lost.ts";
import { Cancelled, OutOfTime, Stopped } from "./interruptions.ts";

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
}

/** Renews the lease until disposed of, and hears by it of cancellations. SIGTERM stops the runner. */
export function keepLease({ store, id, owner, timeoutMs }: Held): Lease {
  const [interruption, stopping] = [new AbortController(), new AbortController()];
  const cancel = (by: string): void => interruption.abort(new Cancelled(by));
  const beat = (): void => {
    store.queue.renewLease(id, owner, LEASE_MS).then(
      ({ held, cancelRequestedBy }) => {
        if (!held) interruption.abort(new LeaseLost(id));
        else if (cancelRequestedBy !== undefined) cancel(cancelRequestedBy);
        return undefined;
      },
      (error: unknown) => {
        // The store may be busy for a moment. The lease lasts for several beats, and a runner that loses it finds out at its next write.
        process.stderr.write(`heartbeat: ${String(error)}\n`);
      },
    );
  };
  const heartbeat = setInterval(beat, HEARTBEAT_MS);
  const deadline = setTimeout(() => interruption.abort(new OutOfTime(timeoutMs)), timeoutMs);
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
      clearInterval(heartbeat);
      clearTimeout(deadline);
      stopListening();
      process.off("SIGTERM", terminate);
    },
  };
}
