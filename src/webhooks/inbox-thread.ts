import { parentPort, workerData } from "node:worker_threads";
import type { IncomingDelivery, RecordedDelivery } from "../domain/decision.ts";
import { FraisierError } from "../domain/errors.ts";
import { openStore } from "../store/store.ts";

export interface InboxRequest {
  readonly deliveries: readonly IncomingDelivery[];
}

export interface InboxReply {
  /** One for each delivery, in their order. */
  readonly outcomes: readonly InboxOutcome[];
}

export type InboxOutcome =
  | { readonly recorded: RecordedDelivery }
  | { readonly recorded: undefined; readonly error: string; readonly hint: string | undefined };

// The inbox's own thread: one connection to the store, one batch at a time, in the order of arrival.
const port = parentPort;
if (port === null) throw new Error("inbox-thread runs as a worker thread only");
const { storeUrl } = workerData as { storeUrl: string };
const store = await openStore(storeUrl);

port.on("message", (request: InboxRequest) => {
  // Never rejects: every failure is an outcome.
  void record(request.deliveries).then((outcomes) => port.postMessage({ outcomes } satisfies InboxReply));
});
port.postMessage("ready");

async function record(deliveries: readonly IncomingDelivery[]): Promise<readonly InboxOutcome[]> {
  try {
    return (await store.recordDeliveries(deliveries)).map((recorded) => ({ recorded }));
  } catch (error) {
    if (deliveries.length === 1) return [{ recorded: undefined, ...explain(error) }];
    // One that the store cannot take must not cost the others: each by itself.
    const outcomes: InboxOutcome[] = [];
    for (const delivery of deliveries) outcomes.push(...(await record([delivery])));
    return outcomes;
  }
}

function explain(error: unknown): { readonly error: string; readonly hint: string | undefined } {
  if (error instanceof FraisierError) return { error: error.message, hint: error.hint };
  return { error: String(error), hint: undefined };
}
