import { parentPort, workerData } from "node:worker_threads";
import type { IncomingDelivery, RecordedDelivery } from "../domain/decision.ts";
import { FraisierError, StoreUnavailable } from "../domain/errors.ts";
import { openStore } from "../store/store.ts";
import { monotonicMs } from "./monotonic-ms.ts";

export interface InboxRequest {
  readonly deliveries: readonly IncomingDelivery[];
  /** By `monotonicMs`: what is not committed by then is not recorded. */
  readonly deadline: number;
}

export interface InboxReply {
  /** The outcomes of the deliveries, in their order. */
  readonly outcomes: readonly InboxOutcome[];
}

export type InboxOutcome =
  | { readonly recorded: RecordedDelivery }
  | {
      readonly recorded: undefined;
      readonly error: string;
      readonly hint: string | undefined;
      /** Time ran out: a delivery with more time may be tried again. */
      readonly isLate: boolean;
    };

// The inbox's own thread: one connection to the store, one batch at a time, in the order of arrival.
const port = parentPort;
if (port === null) throw new Error("inbox-thread runs as a worker thread only");
const { storeUrl } = workerData as { storeUrl: string };
/** For the migration of the store; afterwards each batch has its own. */
let deadline = monotonicMs() + 15_000;
const store = await openStore(storeUrl, { patienceMs: () => deadline - monotonicMs() });

port.on("message", (request: InboxRequest) => {
  deadline = request.deadline;
  // Never rejects: every failure is an outcome.
  void record(request.deliveries).then((outcomes) => port.postMessage({ outcomes } satisfies InboxReply));
});
port.postMessage("ready");

async function record(deliveries: readonly IncomingDelivery[]): Promise<readonly InboxOutcome[]> {
  try {
    return (await store.deliveries.record(deliveries, refuseLate)).map((recorded) => ({ recorded }));
  } catch (error) {
    const isLate = monotonicMs() >= deadline;
    if (isLate || deliveries.length === 1)
      return deliveries.map(() => ({ recorded: undefined, ...explain(error), isLate }));
    // A delivery that the store cannot take must not cost the others: each is tried by itself.
    const outcomes: InboxOutcome[] = [];
    for (const delivery of deliveries) outcomes.push(...(await record([delivery])));
    return outcomes;
  }
}

/** The sender is about to be told that nothing was recorded. @throws StoreUnavailable */
function refuseLate(): void {
  if (monotonicMs() >= deadline) throw new StoreUnavailable("the store is too slow");
}

function explain(error: unknown): { readonly error: string; readonly hint: string | undefined } {
  if (error instanceof FraisierError) return { error: error.message, hint: error.hint };
  return { error: String(error), hint: undefined };
}
