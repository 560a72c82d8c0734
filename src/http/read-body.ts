import type { IncomingMessage } from "node:http";
import { DeliveryRejected } from "../domain/errors.ts";
import type { Visit } from "./gate.ts";

const SEND_AGAIN = "Let the forge deliver it again. If that fails too, look for a proxy in between that cuts requests.";

/** A body of at least this size is received in turns with others. */
const LARGE_BYTES = 64_000;

/**
 * The raw bytes of a request, counted as they come: `Content-Length` is a claim, and may be missing.
 * @param visit makes room for each part of the body before it is kept.
 * @throws DeliveryRejected 413 as soon as it is too large; 503 if there is no room for it; 400 when the sender went away half way.
 */
export async function readBody(
  incoming: IncomingMessage,
  maxBytes: number,
  visit: Pick<Visit, "hold" | "large" | "next" | "onGivenUp">,
): Promise<Uint8Array> {
  if (Number(incoming.headers["content-length"]) > maxBytes) throw tooLarge(maxBytes);
  return await new Promise((resolve, reject) => {
    let chunks: Uint8Array[] = [];
    let size = 0;
    let isRefused = false;
    const refuse = (rejection: unknown): void => {
      isRefused = true;
      incoming.off("data", keep);
      incoming.pause();
      for (const chunk of chunks) freeBytes(chunk);
      chunks = [];
      // oxlint-disable-next-line prefer-promise-reject-errors -- it is a DeliveryRejected in every case
      reject(rejection);
    };
    const keep = (chunk: Uint8Array): void => {
      size += chunk.byteLength;
      try {
        if (size > maxBytes) throw tooLarge(maxBytes);
        visit.hold(chunk.byteLength);
        if (size >= LARGE_BYTES) visit.large();
      } catch (error) {
        freeBytes(chunk);
        refuse(error);
        return;
      }
      chunks.push(chunk);
      // Usual bodies are here at once.
      if (size < LARGE_BYTES) return;
      incoming.pause();
      visit.next(() => {
        if (!isRefused) incoming.resume();
      });
    };
    incoming.on("data", keep);
    visit.onGivenUp(refuse);
    incoming.once("end", () => resolve(joined(chunks, size)));
    incoming.once("error", (error) => refuse(cutOff(error)));
    incoming.once("close", () => {
      if (!incoming.complete) refuse(cutOff(undefined));
    });
  });
}

/** Gives memory back to the machine now. The garbage collector would let tens of megabytes of bodies pile up first. The bytes must not be read after this. */
export function freeBytes({ buffer, byteLength }: Uint8Array): void {
  // Parts of a larger buffer belong to others, too.
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength && !buffer.detached) buffer.transfer(0);
}

/** In memory of its own, not in a shared pool: it is handed to another thread without copying. */
function joined(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
    // At once, so that no body is in memory twice.
    freeBytes(chunk);
  }
  return bytes;
}

function cutOff(cause: unknown): DeliveryRejected {
  return new DeliveryRejected(400, "the body did not arrive whole", { hint: SEND_AGAIN, cause });
}

function tooLarge(maxBytes: number): DeliveryRejected {
  return new DeliveryRejected(413, `the body is larger than ${maxBytes} bytes`, {
    hint: "No forge sends that much for a push. Push fewer refs at once, or fraisier deploy <fraise> <environment>.",
  });
}
