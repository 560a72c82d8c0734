import type { IncomingMessage, ServerResponse } from "node:http";
import { freeBytes } from "./read-body.ts";

/** A sender that was answered before it had sent everything may go on for a moment: cut off at once, it would not see the answer. */
const DRAIN_MS = 500;
const DRAIN_BYTES = 2 ** 20;

/** Throws away the rest of a request whose answer is sent, and ends its connection if the rest is long. */
export function drainRest(incoming: IncomingMessage, outgoing: ServerResponse): void {
  // Before Node's own listener, which would read everything that nobody has begun to read.
  outgoing.prependOnceListener("finish", () => {
    if (incoming.readableEnded || incoming.destroyed) return;
    incoming.read(0);
    let bytes = 0;
    // The answer has left this process, so nothing of it is lost.
    const end = (): void => void incoming.socket.destroy();
    const timer = setTimeout(end, DRAIN_MS);
    incoming.on("data", (chunk: Uint8Array) => {
      bytes += chunk.byteLength;
      freeBytes(chunk);
      if (bytes > DRAIN_BYTES) end();
    });
    for (const event of ["end", "close", "error"]) incoming.once(event, () => clearTimeout(timer));
    incoming.resume();
  });
}
