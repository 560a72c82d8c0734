import type { HttpBindings } from "@hono/node-server";

/** The variables that @hono/node-server binds to each request. */
export interface HttpEnv {
  Bindings: HttpBindings;
}
