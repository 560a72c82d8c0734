import { StoreUnavailable } from "../domain/errors.ts";
import type { Store } from "../store/store.ts";
import type { DaemonReading, Reading, RecordReading } from "./reading.ts";

export interface ScrapeParts {
  readonly store: Pick<Store, "measures" | "size" | "onlyReads" | "unwell">;
  /** The numbers of the process at this moment. */
  daemon(): Omit<DaemonReading, "isStoreUp">;
}

/** Shorter than any monitor waits between two scrapes: many monitors cost the store no more than one. */
const FRESH_MS = 5_000;

/** The text of `GET /metrics`, in the Prometheus text format 0.0.4. Numbers and names only: nothing in it is secret. */
export type Scrape = () => Promise<string>;

/** prom-client is loaded, and the event loop measured, from the first scrape on: a daemon without a monitor pays for neither. */
export function createScrape(parts: ScrapeParts): Scrape {
  let last: { readonly at: number; readonly text: Promise<string> } | undefined;
  let write: Promise<(reading: Reading) => Promise<string>> | undefined;
  const scrape = async (): Promise<string> => {
    write ??= import("./registry.ts").then(({ createRegistry }) => createRegistry());
    const written = await write;
    return await written(await read(parts));
  };
  return async () => {
    // Scrapes at one time share one reading: the registry holds the numbers of one at a time.
    if (last === undefined || performance.now() - last.at > FRESH_MS) last = { at: performance.now(), text: scrape() };
    const { text } = last;
    return await text.catch((error: unknown) => {
      last = undefined;
      throw error;
    });
  };
}

/** A monitor must hear of a store that cannot be read, so it gets the other numbers. */
async function read({ store, daemon }: ScrapeParts): Promise<Reading> {
  const numbers = daemon();
  try {
    const isStoreUp = store.onlyReads() === undefined && store.unwell() === undefined;
    return { daemon: { ...numbers, isStoreUp }, record: await readRecord(store) };
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    return { daemon: { ...numbers, isStoreUp: false }, record: undefined };
  }
}

async function readRecord(store: ScrapeParts["store"]): Promise<RecordReading> {
  return {
    counts: await store.measures.counts(),
    tallies: await store.measures.tallies(),
    targets: await store.measures.targets(),
    bytes: await store.size(),
    at: Date.now(),
  };
}
