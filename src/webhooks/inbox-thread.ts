import { parentPort, workerData } from "node:worker_threads";
import { openRecorder } from "./recorder.ts";
import type { InboxReply, InboxRequest, StorePlace } from "./recorder.ts";

// The inbox's own thread: one connection to the store, one batch at a time, in the order of arrival.
const port = parentPort;
if (port === null) throw new Error("inbox-thread runs as a worker thread only");
const recorder = await openRecorder(workerData as StorePlace);

port.on("message", (request: InboxRequest) => {
  void recorder.record(request).then((reply) => port.postMessage(reply satisfies InboxReply));
});
port.postMessage("ready");
