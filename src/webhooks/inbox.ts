import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import type { IncomingDelivery, RecordedDelivery } from "../domain/decision.ts";
import { StoreUnavailable } from "../domain/errors.ts";
import type { InboxOutcome, InboxReply, InboxRequest } from "./inbox-thread.ts";
import { monotonicMs } from "./monotonic-ms.ts";

/** Makes deliveries durable. Concurrent ones share one commit. */
export interface Inbox {
  /**
   * Resolves once the delivery, its decisions and its deployments are on disk.
   * @param limits those of the inbox if undefined.
   * @throws StoreUnavailable when the store cannot take it in time: nothing of it is recorded, or it is told as late.
   */
  record(delivery: IncomingDelivery, limits?: InboxLimits): Promise<RecordedDelivery>;
  /** Waits for what is under way, then stops. */
  close(): Promise<void>;
}

export interface InboxLimits {
  /** How long the store may take to commit a delivery. */
  readonly storeMs: number;
  /** When whoever waits is told that it was not recorded, whatever the store does: a little later, as a disk can hold up a commit. */
  readonly answerMs: number;
}

/** Gitea gives up after five seconds, GitHub and GitLab after ten. */
const FORGE_LIMITS: InboxLimits = { storeMs: 3_000, answerMs: 3_800 };

interface Waiting {
  readonly delivery: IncomingDelivery;
  /** By `monotonicMs`: when the store must have committed it. */
  readonly deadline: number;
  readonly timer: NodeJS.Timeout;
  /** It has been refused because time ran out. */
  isGivenUp: boolean;
  resolve(recorded: RecordedDelivery): void;
  reject(error: unknown): void;
}

/** As many as one transaction takes: bounds its length, and SQLite's number of bound values. */
const MAX_BATCH = 128;
/** Behind a store that does not answer; above it the forge hears at once that it must send again, and memory stays free. */
const MAX_WAITING = 2_000;
const MAX_WAITING_BYTES = 256 * 2 ** 20;

/**
 * Opens the inbox on a thread of its own, so that neither a commit nor a store locked by another process holds up the event loop. While one
 * batch is being committed the next one gathers: the busier the daemon, the fewer commits per delivery.
 * @param onQueued called after a batch that queued something.
 * @param onLate called if a delivery was recorded after it had been refused: the disk held up the commit.
 */
export async function openInbox(
  storeUrl: string,
  onQueued: () => void,
  onLate: (recorded: RecordedDelivery) => void,
  usual: InboxLimits = FORGE_LIMITS,
): Promise<Inbox> {
  const thread = new Worker(threadFile(), {
    workerData: { storeUrl },
    // Without this, V8 lets the young generation grow to 48 MB under load, for no gain in speed.
    resourceLimits: { maxYoungGenerationSizeMb: 4 },
  });
  const waiting: Waiting[] = [];
  let waitingBytes = 0;
  let underWay: Waiting[] | undefined;
  let failure: StoreUnavailable | undefined;
  let idle = Promise.withResolvers<void>();
  idle.resolve();

  const send = (): void => {
    if (underWay !== undefined || waiting.length === 0) return;
    underWay = waiting.splice(0, MAX_BATCH);
    for (const { delivery } of underWay) waitingBytes -= bytesOf(delivery);
    const deadline = Math.min(...underWay.map((each) => each.deadline));
    const request: InboxRequest = { deliveries: underWay.map(({ delivery }) => delivery), deadline };
    // Bodies are copied: for some kilobytes handing the memory over costs ten times as much.
    thread.postMessage(request);
  };
  const settle = (reply: InboxReply): void => {
    const batch = underWay ?? [];
    underWay = undefined;
    let queued = false;
    const again: Waiting[] = [];
    for (const [index, each] of batch.entries()) {
      const outcome = reply.outcomes[index];
      if (outcome?.recorded === undefined) {
        // The batch ran out of the time of another delivery in it.
        if (outcome?.isLate === true && !each.isGivenUp && each.deadline > monotonicMs()) again.push(each);
        else refuse(each, notTaken(outcome));
      } else {
        queued ||= outcome.recorded.decisions.some(({ decision }) => decision === "queued");
        if (each.isGivenUp) onLate(outcome.recorded);
        clearTimeout(each.timer);
        each.resolve(outcome.recorded);
      }
    }
    for (const { delivery } of again) waitingBytes += bytesOf(delivery);
    waiting.unshift(...again);
    if (queued) onQueued();
    if (waiting.length === 0) idle.resolve();
    send();
  };
  const refuse = (each: Waiting, error: StoreUnavailable): void => {
    clearTimeout(each.timer);
    each.isGivenUp = true;
    // Does nothing if it was refused before.
    each.reject(error);
  };
  const giveUp = (each: Waiting): void => {
    const place = waiting.indexOf(each);
    if (place === -1) {
      refuse(each, new StoreUnavailable(COMMIT_UNDER_WAY, { hint: "Send it again: nothing is deployed twice." }));
      return;
    }
    waiting.splice(place, 1);
    waitingBytes -= bytesOf(each.delivery);
    if (waiting.length === 0 && underWay === undefined) idle.resolve();
    refuse(each, new StoreUnavailable("the store is too slow: the delivery was not recorded", { hint: SEND_AGAIN }));
  };

  const ready = Promise.withResolvers<void>();
  thread.on("message", (reply: InboxReply | "ready") => (reply === "ready" ? ready.resolve() : settle(reply)));
  thread.on("error", (error) => {
    failure = new StoreUnavailable(`the inbox stopped: ${error.message}`, { cause: error });
    ready.reject(failure);
    for (const each of [...(underWay ?? []), ...waiting]) refuse(each, failure);
  });
  await ready.promise;

  return {
    record(delivery, { storeMs, answerMs } = usual) {
      if (failure !== undefined) return Promise.reject(failure);
      const bytes = bytesOf(delivery);
      if (waiting.length >= MAX_WAITING || waitingBytes + bytes > MAX_WAITING_BYTES) {
        const message = `${waiting.length} deliveries wait for the store already`;
        return Promise.reject(new StoreUnavailable(message, { hint: SEND_AGAIN }));
      }
      waitingBytes += bytes;
      return new Promise((resolve, reject) => {
        if (underWay === undefined && waiting.length === 0) {
          idle = Promise.withResolvers<void>();
          // Not at once: requests that were read in the same turn of the event loop share the commit.
          setImmediate(send);
        }
        const timer = setTimeout(() => giveUp(each), answerMs);
        const each: Waiting = {
          delivery,
          deadline: monotonicMs() + storeMs,
          timer,
          isGivenUp: false,
          resolve,
          reject,
        };
        waiting.push(each);
      });
    },
    async close() {
      await idle.promise;
      await thread.terminate();
    },
  };
}

const SEND_AGAIN = "Send it again in a minute.";
const COMMIT_UNDER_WAY = "the store is too slow: the delivery may be recorded later all the same";

function bytesOf({ body }: IncomingDelivery): number {
  return body?.byteLength ?? 0;
}

function notTaken(outcome: InboxOutcome | undefined): StoreUnavailable {
  const { error = "no answer", hint } = outcome?.recorded === undefined ? (outcome ?? {}) : {};
  // The sender sends again; the operator, who reads the answer at the forge, mends the store.
  const remedy = hint === undefined ? SEND_AGAIN : `${SEND_AGAIN} ${hint}`;
  return new StoreUnavailable(`the store did not take the delivery: ${error}`, { hint: remedy });
}

/** Run from source the thread is a .ts file, built it is a .js file: like this one. */
function threadFile(): URL {
  return new URL(`./inbox-thread${extname(import.meta.filename)}`, import.meta.url);
}
