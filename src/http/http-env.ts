import type { HttpBindings } from "@hono/node-server";

/** What @hono/node-server binds to each request. */
export interface HttpEnv {
  Bindings: HttpBindings;
}
