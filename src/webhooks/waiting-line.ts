import type { IncomingDelivery, RecordedDelivery } from "../domain/decision.ts";

/** A delivery that waits for the store. */
export interface Waiting {
  readonly delivery: IncomingDelivery;
  /** By `monotonicMs`: when the store must have committed it. */
  readonly deadline: number;
  readonly timer: NodeJS.Timeout;
  /** It has been refused because time ran out. */
  isGivenUp: boolean;
  resolve(recorded: RecordedDelivery): void;
  reject(error: unknown): void;
}

/** The deliveries that wait, in the order of their arrival. Bounded in number and bytes. */
export interface WaitingLine {
  all(): readonly Waiting[];
  isEmpty(): boolean;
  hasRoomFor(delivery: IncomingDelivery): boolean;
  add(each: Waiting): void;
  /** Takes as many from the front as one transaction may have. */
  takeBatch(): readonly Waiting[];
  /** Puts deliveries to the front again. */
  putBack(batch: readonly Waiting[]): void;
  /** False if it does not wait here. */
  remove(each: Waiting): boolean;
}

/** As many as one transaction takes: bounds its length, and SQLite's number of bound values. */
const MAX_BATCH = 128;
/** How many deliveries may wait for a store that does not answer. Beyond this number the forge hears at once that it must send again, and memory stays free. */
const MAX_WAITING = 2_000;
const MAX_WAITING_BYTES = 256 * 2 ** 20;

export function createWaitingLine(): WaitingLine {
  const waiting: Waiting[] = [];
  let bytes = 0;
  return {
    all: () => waiting,
    isEmpty: () => waiting.length === 0,
    hasRoomFor: (delivery) => waiting.length < MAX_WAITING && bytes + bytesOf(delivery) <= MAX_WAITING_BYTES,
    add(each) {
      waiting.push(each);
      bytes += bytesOf(each.delivery);
    },
    takeBatch() {
      const batch = waiting.splice(0, MAX_BATCH);
      for (const { delivery } of batch) bytes -= bytesOf(delivery);
      return batch;
    },
    putBack(batch) {
      waiting.unshift(...batch);
      for (const { delivery } of batch) bytes += bytesOf(delivery);
    },
    remove(each) {
      const place = waiting.indexOf(each);
      if (place === -1) return false;
      waiting.splice(place, 1);
      bytes -= bytesOf(each.delivery);
      return true;
    },
  };
}

function bytesOf({ body }: IncomingDelivery): number {
  return body?.byteLength ?? 0;
}
