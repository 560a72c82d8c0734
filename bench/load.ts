import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

export interface LoadOrder {
  readonly port: number;
  readonly path: string;
  readonly secret: string;
  /** How many deliveries, each distinct. */
  readonly count: number;
}

export interface LoadResult {
  readonly seconds: number;
  /** How many answers had which status. */
  readonly statuses: Readonly<Record<number, number>>;
  readonly bodyBytes: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** Sends pushes over 16 keep-alive connections from a process of its own. @throws unless each was answered 200. */
export interface Load extends Disposable {
  send(order: LoadOrder): Promise<LoadResult>;
}

export function startLoad(): Load {
  const child = fork(join(import.meta.dirname, "generate-load.ts"));
  const died = once(child, "exit").then(() => {
    throw new Error("the load generator stopped");
  });
  // Its end by our own hand is no news.
  died.catch(() => undefined);
  return {
    async send(order) {
      child.send(order);
      const [result] = (await Promise.race([once(child, "message"), died])) as [LoadResult];
      if (result.statuses[200] !== order.count) {
        throw new Error(`${order.count} deliveries to ${order.path} were answered ${JSON.stringify(result.statuses)}`);
      }
      return result;
    },
    [Symbol.dispose]: () => void child.kill(),
  };
}
