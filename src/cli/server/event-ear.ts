import type { IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Door } from "./door.ts";
import { openRequest } from "./send-request.ts";

/** Hears that something happened, by a stream of events. */
export interface EventEar {
  /** Whether events arrive. If not, a caller has to ask by itself. */
  isOpen(): boolean;
  /** Resolves at once if something happened since the last call, else when something does, after some milliseconds, or when the signal aborts. Never rejects. */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
  close(): void;
}

/** The daemon sends a sign of life every 15 seconds. */
const SILENCE_MS = 45_000;
/** A pause before the stream is opened again, as the stream itself asks for. */
const RETRY_MS = 2_000;
/** An event is a few kilobytes. */
const MAX_LINE = 4 * 1024 * 1024;

/**
 * Listens to `GET /api/v1/events`. A stream that breaks is opened again behind the last event that came. Each time that it is open, that counts as news: something may have
 * happened before. The stream keeps no process alive. @param isNews whether an event of this name matters.
 */
export function listenToEvents(door: Door, query: URLSearchParams, isNews: (event: string) => boolean): EventEar {
  const closing = new AbortController();
  let [isOpen, hasNews] = [false, false];
  let wake = (): void => {};
  let lastId: string | undefined;
  const hear = (): void => {
    hasNews = true;
    wake();
  };
  const listen = async (): Promise<void> => {
    for await (const line of linesOf(await opened(door, query, { lastId, signal: closing.signal }))) {
      if (!isOpen) hear();
      isOpen = true;
      if (line.startsWith("id: ")) lastId = line.slice("id: ".length);
      else if (line.startsWith("event: ") && isNews(line.slice("event: ".length))) hear();
    }
  };
  const keepListening = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      // A stream that is refused or breaks is no failure: the caller asks by itself meanwhile, and hears what is wrong.
      await listen().catch(() => {});
      if (isOpen) hear();
      isOpen = false;
      await sleep(RETRY_MS, undefined, { ref: false, signal: closing.signal }).catch(() => {});
    }
  };
  void keepListening();
  return {
    isOpen: () => isOpen,
    async wait(ms, signal) {
      if (!hasNews && signal?.aborted !== true) {
        const { promise, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        const timer = setTimeout(resolve, ms);
        signal?.addEventListener("abort", () => resolve(), { once: true });
        await promise;
        clearTimeout(timer);
      }
      hasNews = false;
    },
    close: () => closing.abort(),
  };
}

interface Opening {
  readonly lastId: string | undefined;
  readonly signal: AbortSignal;
}

/** Rejects if there is no stream. */
async function opened(door: Door, query: URLSearchParams, { lastId, signal }: Opening): Promise<IncomingMessage> {
  const headers = { accept: "text/event-stream", ...(lastId === undefined ? {} : { "last-event-id": lastId }) };
  const path = `/api/v1/events?${query.toString()}`;
  return await new Promise((resolve, reject) => {
    const request = openRequest(door, { method: "GET", path, headers, signal });
    request.setTimeout(SILENCE_MS, () => request.destroy(new Error("the stream is silent")));
    request.once("socket", (socket) => socket.unref());
    request.on("error", reject);
    request.once("response", (response) => {
      if (response.statusCode === 200 && response.headers["content-type"]?.startsWith("text/event-stream") === true)
        resolve(response);
      else request.destroy(new Error(`the answer to ${path} is no stream`));
    });
    request.end();
  });
}

async function* linesOf(response: IncomingMessage): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of response.setEncoding("utf8") as AsyncIterable<string>) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > MAX_LINE) throw new Error("an event is too long");
    yield* lines;
  }
}
