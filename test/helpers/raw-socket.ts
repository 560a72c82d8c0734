import { connect } from "node:net";

export interface RawOptions {
  readonly localAddress?: string;
  /** Gives up waiting after so long; 3 s unless told otherwise. */
  readonly ms?: number;
  /** Leaves as soon as the head of an answer is there, instead of waiting for the other side to end the connection. */
  readonly headOnly?: boolean;
  /** Says that nothing more comes if there is no answer for so many milliseconds. */
  readonly halfAfterMs?: number;
}

/** Sends bytes as they are to a server on 127.0.0.1, and gives what comes back until the other side is done. */
export async function rawAnswer(
  url: string,
  parts: readonly (string | Uint8Array)[],
  { localAddress = "127.0.0.1", ms = 3_000, headOnly = false, halfAfterMs }: RawOptions = {},
): Promise<string> {
  return await new Promise((resolve) => {
    let answer = "";
    const socket = connect({ port: Number(new URL(url).port), host: "127.0.0.1", localAddress });
    const done = (): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.on("connect", () => {
      for (const part of parts) socket.write(typeof part === "string" ? Buffer.from(part, "latin1") : part);
      // A server takes the end for the sender going away, and ends too: what it has understood is answered before.
      if (halfAfterMs !== undefined) setTimeout(() => socket.end(), halfAfterMs);
    });
    socket.on("data", (chunk: Buffer) => {
      answer += chunk.toString("latin1");
      if (headOnly && answer.includes("\r\n\r\n")) done();
    });
    socket.setTimeout(ms, done);
    // A connection that is cut while we write is one way to say no.
    socket.on("error", done);
    socket.on("close", done);
  });
}
