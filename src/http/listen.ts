import { createAdaptorServer } from "@hono/node-server";
import type { Hono } from "hono";
import type { Server } from "node:http";
import type { AddressInfo, Server as NetServer } from "node:net";
import { createServer } from "node:net";
import { HostUnavailable } from "../domain/errors.ts";
import { drainRest } from "./drain-rest.ts";
import type { Gate } from "./gate.ts";
import type { HttpEnv } from "./http-env.ts";

export interface Listening {
  readonly host: string;
  readonly port: number;
  /** Requests under way get a few seconds; then their connections are cut, and their senders see an error and deliver again. */
  close(): Promise<void>;
}

/** An address of our own, or the file descriptors of sockets that systemd opened for us and keeps open while we restart. */
export type Address = { readonly host: string; readonly port: number } | { readonly descriptors: readonly number[] };

const CLOSE_MS = 4_000;

/** Forges send in seconds. A sender that takes longer than this, in milliseconds, only holds a connection open. */
export const TIMEOUTS = { headersTimeout: 10_000, requestTimeout: 30_000, connectionsCheckingInterval: 1_000 };

/** Connections that wait until they are accepted. If this queue is full, the kernel makes everybody wait for seconds, forges as well as strangers. */
const BACKLOG = 4_096;

/**
 * @param gate is asked about every new connection.
 * @throws HostUnavailable when the port is in use or may not be had.
 */
export async function listen(http: Hono<HttpEnv>, address: Address, gate: Pick<Gate, "connected">): Promise<Listening> {
  // The adaptor's type covers HTTP/2 too; without `createServer` it makes this one. Its own clean-up would read 64 MB of a refused body.
  const server = createAdaptorServer({
    fetch: http.fetch,
    serverOptions: TIMEOUTS,
    autoCleanupIncoming: false,
  }) as Server;
  server.on("connection", (socket) => gate.connected(socket));
  server.on("request", drainRest);
  const [first, ...others] = "descriptors" in address ? address.descriptors.map((fd) => ({ fd })) : [address];
  await opened(server, (done) => server.listen({ ...first, backlog: BACKLOG }, done), address);
  // An HTTP server listens on one socket: what arrives at the others is handed to it.
  const doors = others.map(() => createServer((socket) => server.emit("connection", socket)));
  for (const [index, door] of doors.entries())
    await opened(door, (done) => door.listen({ ...others[index], backlog: BACKLOG }, done), address);
  const { address: host, port } = server.address() as AddressInfo;
  return {
    host,
    port,
    async close() {
      for (const door of doors) door.close();
      await closeServer(server);
    },
  };
}

/** Lets requests under way finish, and then cuts the connections that are left. */
export async function closeServer(server: Server): Promise<void> {
  const cut = setTimeout(() => server.closeAllConnections(), CLOSE_MS);
  // A connection that was answered meanwhile would stay open for the sender's next request.
  const tidy = setInterval(() => server.closeIdleConnections(), 50);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  clearTimeout(cut);
  clearInterval(tidy);
}

function opened(server: NetServer, start: (done: () => void) => void, address: Address): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(cannotListen(address, error)));
    start(resolve);
  });
}

function cannotListen(address: Address, cause: NodeJS.ErrnoException): HostUnavailable {
  if ("descriptors" in address) {
    return new HostUnavailable(`cannot listen on the socket that systemd gave: ${cause.message}`, {
      hint: "fraisier.socket must be a stream socket (ListenStream=) with Accept=no.",
      cause,
    });
  }
  const { host, port } = address;
  const what =
    cause.code === "EADDRINUSE"
      ? `port ${port} on ${host} is in use`
      : `cannot listen on ${host}:${port}: ${cause.message}`;
  return new HostUnavailable(what, {
    hint: `Another fraisier may be running (ss -ltnp 'sport = :${port}'); or set server.listen in fraises.yaml.`,
    cause,
  });
}
