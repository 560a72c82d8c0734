import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { onTestFinished } from "vitest";

/** What becomes of the connections, those that are open and new ones. */
type Fault = "none" | "drops" | "black hole" | "half-closes";

/** A proxy between fraisier and the server of its store, which makes the network as bad as a test wants it. */
export interface TcpProxy {
  readonly port: number;
  /**
   * From now on: connections are reset and refused (`drops`); nothing passes, in either direction, and nobody is told (`black hole`); the server's direction of each
   * connection is ended (`half-closes`); all is well (`none`).
   */
  set(fault: Fault): void;
  /** Each piece of data from now on comes so much later. */
  delay(ms: number): void;
  /** The next message of a client with this text reaches the server, and the answer to it is lost with the connection. Resolves when that has happened. */
  loseAnswerTo(text: string): Promise<void>;
}

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  /** The server has been sent the message whose answer is to be lost. */
  isLosing: boolean;
}

/** @param target the port of the server on 127.0.0.1. */
export async function startTcpProxy(target: number): Promise<TcpProxy> {
  const pairs = new Set<Pair>();
  let fault: Fault = "none";
  let delayMs = 0;
  let losing: { readonly text: string; lost(): void } | undefined;

  const hurt = ({ client, server }: Pair): void => {
    if (fault === "drops") {
      client.resetAndDestroy();
      server.destroy();
    } else if (fault === "half-closes") client.end();
  };
  const pass = (pair: Pair, to: Socket, data: Buffer): void => {
    if (fault === "black hole") return;
    if (delayMs === 0) to.write(data);
    else setTimeout(() => to.write(data), delayMs);
  };
  const listener = createServer({ allowHalfOpen: true }, (client) => {
    const server = connect({ port: target, host: "127.0.0.1", allowHalfOpen: true });
    const pair: Pair = { client, server, isLosing: false };
    pairs.add(pair);
    for (const socket of [client, server]) {
      socket.on("error", () => undefined);
      socket.on("close", () => {
        // A black hole tells nobody of an end, either.
        if (fault === "black hole") return;
        pairs.delete(pair);
        client.destroy();
        server.destroy();
      });
    }
    client.on("data", (data) => {
      if (losing !== undefined && data.includes(losing.text)) pair.isLosing = true;
      pass(pair, server, data);
    });
    server.on("data", (data) => {
      if (!pair.isLosing) return pass(pair, client, data);
      losing?.lost();
      losing = undefined;
      client.resetAndDestroy();
      server.destroy();
    });
    client.on("end", () => (fault === "black hole" ? undefined : server.end()));
    server.on("end", () => (fault === "black hole" ? undefined : client.end()));
    hurt(pair);
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  onTestFinished(() => {
    listener.close();
    for (const { client, server } of pairs) {
      client.destroy();
      server.destroy();
    }
  });
  return {
    port: (listener.address() as AddressInfo).port,
    set(wanted) {
      fault = wanted;
      for (const pair of pairs) hurt(pair);
    },
    delay(ms) {
      delayMs = ms;
    },
    async loseAnswerTo(text) {
      await new Promise<void>((resolve) => {
        losing = { text, lost: resolve };
      });
    },
  };
}
