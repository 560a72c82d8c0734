import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import { StoreUnavailable } from "../domain/errors.ts";
import { isPostgresUrl } from "../domain/postgres-url.ts";
import { openRecorder } from "./recorder.ts";
import type { InboxReply, InboxRequest, StorePlace } from "./recorder.ts";

/** Takes one batch at a time, and answers it later. */
interface BatchWriter {
  send(request: InboxRequest): void;
  close(): Promise<unknown>;
}

/** A store in a file is written by a thread: its commits hold up the thread that makes them. Waiting for a server holds up nothing. */
export async function openBatchWriter(
  place: StorePlace,
  onReply: (reply: InboxReply) => void,
  onStopped: (failure: StoreUnavailable) => void,
): Promise<BatchWriter> {
  return isPostgresUrl(place.url) ? await writeHere(place, onReply) : await startThread(place, onReply, onStopped);
}

async function writeHere(place: StorePlace, onReply: (reply: InboxReply) => void): Promise<BatchWriter> {
  const recorder = await openRecorder(place);
  return {
    send: (request) => void recorder.record(request).then(onReply),
    close: async () => await recorder.close(),
  };
}

/** Starts the inbox's thread. Resolves once the thread has opened the store. */
async function startThread(
  place: StorePlace,
  onReply: (reply: InboxReply) => void,
  onStopped: (failure: StoreUnavailable) => void,
): Promise<BatchWriter> {
  const thread = new Worker(threadFile(), {
    workerData: place,
    // Without this, V8 lets the young generation grow to 48 MB under load, for no gain in speed.
    resourceLimits: { maxYoungGenerationSizeMb: 4 },
  });
  const ready = Promise.withResolvers<void>();
  thread.on("message", (reply: InboxReply | "ready") => (reply === "ready" ? ready.resolve() : onReply(reply)));
  thread.on("error", (error) => {
    const failure = new StoreUnavailable(`the inbox stopped: ${error.message}`, { cause: error });
    ready.reject(failure);
    onStopped(failure);
  });
  await ready.promise;
  return {
    // Bodies are copied: for some kilobytes handing the memory over costs ten times as much.
    send: (request) => thread.postMessage(request),
    close: async () => await thread.terminate(),
  };
}

/** Run from source the thread is a .ts file, built it is a .js file: like this one. */
function threadFile(): URL {
  return new URL(`./inbox-thread${extname(import.meta.filename)}`, import.meta.url);
}
