// The load generator: a process of its own that costs as little as it can, as it shares the processors with what it measures.
import { connect } from "node:net";
import { pushRequests } from "./push-requests.ts";
import type { LoadOrder, LoadResult } from "./load.ts";

/** Keep-alive connections, each with one request under way. */
const CONNECTIONS = 16;
const HEAD_END = Buffer.from("\r\n\r\n");

process.on("message", (order: LoadOrder) => {
  run(order).then(
    (result) => process.send?.(result),
    (error: unknown) => {
      process.stderr.write(`load generator: ${String(error)}\n`);
      process.exit(1);
    },
  );
});

async function run({ port, path, secret, count }: LoadOrder): Promise<LoadResult> {
  // Signed before the clock starts.
  const requests = pushRequests(count, path, secret);
  const latencies = new Float64Array(count);
  const statuses: Record<number, number> = {};
  let sent = 0;
  const startedAt = performance.now();

  const takeTurns = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const socket = connect({ port, host: "127.0.0.1", noDelay: true });
      let index = 0;
      let askedAt = 0;
      let answer: Buffer | undefined;
      const next = (): void => {
        if (sent === count) {
          socket.end();
          resolve();
          return;
        }
        index = sent++;
        askedAt = performance.now();
        socket.write(requests.bytes.subarray(index * requests.requestBytes, (index + 1) * requests.requestBytes));
      };
      socket.once("connect", next);
      socket.on("data", (chunk) => {
        answer = answer === undefined ? chunk : Buffer.concat([answer, chunk]);
        const status = statusOfWhole(answer);
        if (status === undefined) return;
        latencies[index] = performance.now() - askedAt;
        statuses[status] = (statuses[status] ?? 0) + 1;
        answer = undefined;
        next();
      });
      socket.once("error", reject);
      socket.once("close", () => reject(new Error("the server closed a connection")));
    });

  await Promise.all(Array.from({ length: CONNECTIONS }, takeTurns));
  const seconds = (performance.now() - startedAt) / 1000;
  latencies.sort();
  return {
    seconds,
    statuses,
    bodyBytes: requests.bodyBytes,
    p50: latencies[Math.floor(count * 0.5)] ?? NaN,
    p99: latencies[Math.floor(count * 0.99)] ?? NaN,
  };
}

/** The status once the whole answer is there; undefined before. Answers without a Content-Length are not expected here. */
function statusOfWhole(answer: Buffer): number | undefined {
  const headEnd = answer.indexOf(HEAD_END);
  if (headEnd === -1) return undefined;
  const head = answer.toString("latin1", 0, headEnd);
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length === undefined) throw new Error(`an answer without Content-Length: ${head}`);
  return answer.byteLength < headEnd + HEAD_END.byteLength + Number(length) ? undefined : Number(head.slice(9, 12));
}
