import { Hono } from "hono";
import type { Scope } from "../../domain/api-token.ts";
import { problem } from "../problem.ts";
import type { HttpEnv } from "../http-env.ts";
import { API_PATH, apiRoutes } from "./api-routes.ts";
import type { ApiParts } from "./api-routes.ts";
import { socketDoor } from "./socket-door.ts";

/** Everything that a unix socket answers: the API alone, without webhooks. */
export function createLocalApi(parts: ApiParts, socket: string, scope: Scope): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>({ strict: false });
  app.route(API_PATH, apiRoutes(parts, socketDoor(socket, scope)));
  app.notFound((context) => problem(context, 404, "there is nothing here", `The API is below ${API_PATH}.`));
  return app;
}
