import { createAdaptorServer } from "@hono/node-server";
import type { Hono } from "hono";
import type { Server } from "node:http";
import { drainRest } from "./drain-rest.ts";
import type { HttpEnv } from "./http-env.ts";
import { closeServer, TIMEOUTS } from "./listen.ts";

/** Members of a group are trusted more than strangers, but a script of theirs may go wrong. */
const CONNECTIONS = 64;

/** A server for a unix socket, which listens nowhere yet. */
export function localServer(http: Hono<HttpEnv>): { readonly server: Server; close(): Promise<void> } {
  // The adaptor's type covers HTTP/2 too.
  const server = createAdaptorServer({
    fetch: http.fetch,
    serverOptions: TIMEOUTS,
    autoCleanupIncoming: false,
  }) as Server;
  server.maxConnections = CONNECTIONS;
  server.on("request", drainRest);
  return { server, close: () => closeServer(server) };
}
