import type { IncomingMessage } from "node:http";
import { DeliveryRejected } from "../domain/errors.ts";

const SEND_AGAIN = "Let the forge deliver it again. If that fails too, look for a proxy in between that cuts requests.";

/**
 * The raw bytes of a request, counted as they come: `Content-Length` is a claim, and may be missing.
 * @throws DeliveryRejected 413 as soon as it is too large; 400 when the sender went away half way.
 */
export async function readBody(incoming: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  if (Number(incoming.headers["content-length"]) > maxBytes) throw tooLarge(maxBytes);
  return await new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    incoming.on("data", (chunk: Buffer) => {
      size += chunk.byteLength;
      if (size > maxBytes) {
        incoming.removeAllListeners("data");
        incoming.resume();
        reject(tooLarge(maxBytes));
        return;
      }
      chunks.push(chunk);
    });
    incoming.once("end", () => resolve(ownBytes(chunks, size)));
    incoming.once("error", (error) =>
      reject(new DeliveryRejected(400, "the body did not arrive whole", { hint: SEND_AGAIN, cause: error })),
    );
    incoming.once("close", () => {
      if (!incoming.complete) reject(new DeliveryRejected(400, "the body did not arrive whole", { hint: SEND_AGAIN }));
    });
  });
}

/** In memory of its own, not in a shared pool: it is handed to another thread without copying. */
function ownBytes(chunks: readonly Buffer[], size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}

function tooLarge(maxBytes: number): DeliveryRejected {
  return new DeliveryRejected(413, `the body is larger than ${maxBytes} bytes`, {
    hint: "No forge sends that much for a push. Push fewer refs at once, or fraisier deploy <fraise> <environment>.",
  });
}
