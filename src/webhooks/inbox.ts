import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import type { IncomingDelivery, RecordedDelivery } from "../domain/decision.ts";
import { StoreUnavailable } from "../domain/errors.ts";
import type { InboxReply, InboxRequest } from "./inbox-thread.ts";

/** Makes deliveries durable. Concurrent ones share one commit. */
export interface Inbox {
  /** Resolves once the delivery, its decisions and its deployments are on disk. @throws StoreUnavailable when the store cannot take it. */
  record(delivery: IncomingDelivery): Promise<RecordedDelivery>;
  /** Waits for what is under way, then stops. */
  close(): Promise<void>;
}

interface Waiting {
  readonly delivery: IncomingDelivery;
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
 */
export async function openInbox(storeUrl: string, onQueued: () => void): Promise<Inbox> {
  const thread = new Worker(threadFile(), {
    workerData: { storeUrl },
    // Else V8 lets the young generation grow to 48 MB under load, for no gain in speed.
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
    for (const { delivery } of underWay) waitingBytes -= delivery.body?.byteLength ?? 0;
    const request: InboxRequest = { deliveries: underWay.map(({ delivery }) => delivery) };
    // Bodies are copied: for some kilobytes handing the memory over costs ten times as much.
    thread.postMessage(request);
  };
  const settle = (reply: InboxReply): void => {
    const batch = underWay ?? [];
    underWay = undefined;
    let queued = false;
    for (const [index, each] of batch.entries()) {
      const outcome = reply.outcomes[index];
      if (outcome?.recorded === undefined) {
        const { error = "no answer", hint = "Send it again in a minute." } = outcome ?? {};
        each.reject(new StoreUnavailable(`the store did not take the delivery: ${error}`, { hint }));
      } else {
        queued ||= outcome.recorded.decisions.some(({ decision }) => decision === "queued");
        each.resolve(outcome.recorded);
      }
    }
    if (queued) onQueued();
    if (waiting.length === 0) idle.resolve();
    send();
  };

  const ready = Promise.withResolvers<void>();
  thread.on("message", (reply: InboxReply | "ready") => (reply === "ready" ? ready.resolve() : settle(reply)));
  thread.on("error", (error) => {
    failure = new StoreUnavailable(`the inbox stopped: ${error.message}`, { cause: error });
    ready.reject(failure);
    for (const each of [...(underWay ?? []), ...waiting]) each.reject(failure);
  });
  await ready.promise;

  return {
    record(delivery) {
      if (failure !== undefined) return Promise.reject(failure);
      const bytes = delivery.body?.byteLength ?? 0;
      if (waiting.length >= MAX_WAITING || waitingBytes + bytes > MAX_WAITING_BYTES) {
        const message = `${waiting.length} deliveries wait for the store already`;
        return Promise.reject(new StoreUnavailable(message, { hint: "Send it again in a minute." }));
      }
      waitingBytes += bytes;
      return new Promise((resolve, reject) => {
        if (underWay === undefined && waiting.length === 0) {
          idle = Promise.withResolvers<void>();
          // Not at once: requests that were read in the same turn of the event loop share the commit.
          setImmediate(send);
        }
        waiting.push({ delivery, resolve, reject });
      });
    },
    async close() {
      await idle.promise;
      await thread.terminate();
    },
  };
}

/** Run from source the thread is a .ts file, built it is a .js file: like this one. */
function threadFile(): URL {
  return new URL(`./inbox-thread${extname(import.meta.filename)}`, import.meta.url);
}
