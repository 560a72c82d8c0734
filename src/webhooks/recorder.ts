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

/** The store, and the host on which this process works. */
export interface StorePlace {
  readonly url: string;
  readonly host: string;
}

/** The inbox's own connection to the store. */
export interface Recorder {
  /** Records one batch at a time. Never rejects: every failure is an outcome. */
  record(request: InboxRequest): Promise<InboxReply>;
  close(): Promise<void>;
}

export async function openRecorder({ url, host }: StorePlace): Promise<Recorder> {
  /** For the migration of the store; afterwards each batch has its own. */
  let deadline = monotonicMs() + 15_000;
  const store = await openStore(url, { host, patienceMs: () => deadline - monotonicMs() });
  /** The sender is about to be told that nothing was recorded. @throws StoreUnavailable */
  const refuseLate = (): void => {
    if (monotonicMs() >= deadline) throw new StoreUnavailable("the store is too slow");
  };
  const record = async (deliveries: readonly IncomingDelivery[]): Promise<readonly InboxOutcome[]> => {
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
  };
  return {
    async record(request) {
      deadline = request.deadline;
      return { outcomes: await record(request.deliveries) };
    },
    close: async () => await store.close(),
  };
}

function explain(error: unknown): { readonly error: string; readonly hint: string | undefined } {
  if (error instanceof FraisierError) return { error: error.message, hint: error.hint };
  return { error: String(error), hint: undefined };
}
