import { Hono } from "hono";
import { includesScope } from "../../domain/api-token.ts";
import type { Scope } from "../../domain/api-token.ts";
import { redactError } from "../../domain/errors.ts";
import type { Log } from "../../log.ts";
import { allowedMethods } from "./allowed-methods.ts";
import { apiProblem } from "./api-problem.ts";
import type { ApiEnv } from "./caller.ts";
import { docsRoutes } from "./docs/docs-routes.ts";
import { eventRoutes } from "./events/event-routes.ts";
import type { EventParts } from "./events/event-routes.ts";
import { problemOf } from "./problem-of.ts";
import { readRoutes } from "./read-routes.ts";
import type { ReadParts } from "./read-routes.ts";
import { writeRoutes } from "./write-routes.ts";
import type { WriteParts } from "./write-routes.ts";
import type { Door } from "./token-door.ts";

/** Every path of the API begins with it. */
export const API_PATH = "/api/v1";

export interface ApiParts extends ReadParts, WriteParts, EventParts {
  readonly log: Log;
}

/** The HTTP API behind one of its doors. A request that the door does not let in learns nothing, not even which paths there are. */
export function apiRoutes(parts: ApiParts, door: Door): Hono<ApiEnv> {
  const { version, log } = parts;
  const api = new Hono<ApiEnv>({ strict: false });
  const scopes = new Map(parts.verbs.map(({ name, scope }) => [`${API_PATH}/${name}`, scope]));
  const scopeOf = (path: string): Scope => scopes.get(path.replace(/\/$/, "")) ?? "deploy";
  api.onError((error, context) => {
    const problem = problemOf(redactError(error, parts.redact));
    if (problem.status >= 500) log.error({ err: error }, "a request of the API failed");
    return apiProblem(context, problem);
  });
  api.use("*", async (context, next) => {
    // Answers belong to the caller: no cache keeps them.
    context.header("cache-control", "no-store");
    const caller = await door(context);
    if ("status" in caller) return apiProblem(context, caller);
    const needed = READING.has(context.req.method) ? "read" : scopeOf(context.req.path);
    if (!includesScope(caller.scope, needed))
      return apiProblem(context, {
        status: 403,
        code: "scope_missing",
        title: `${caller.name} has the scope ${caller.scope}, and this needs ${needed}`,
        hint: `Use a token with the scope ${needed}: fraisier token create --scope ${needed}.`,
        headers: {
          "www-authenticate": `Bearer realm="fraisier", error="insufficient_scope", scope="${needed}"`,
        },
      });
    context.set("caller", caller);
    return await next();
  });
  api.get("/whoami", (context) => {
    const { name, scope, fraises, environments } = context.get("caller");
    return context.json({ caller: name, scope, fraises, environments, version });
  });
  readRoutes(api, parts);
  docsRoutes(api, parts, API_PATH);
  eventRoutes(api, parts);
  writeRoutes(api, parts);
  api.all("*", (context) => {
    const { method, path } = context.req;
    const allowed = allowedMethods(api.routes, path.slice(API_PATH.length));
    if (allowed.length === 0)
      return apiProblem(context, {
        status: 404,
        code: "not_found",
        title: `the API has no ${path.slice(0, 100)}`,
        hint: `${API_PATH}/docs lists its paths.`,
      });
    if (method === "OPTIONS") return context.body(null, 204, { allow: allowed.join(", ") });
    return apiProblem(context, {
      status: 405,
      code: "method_not_allowed",
      title: `${path} takes ${allowed.join(", ")}, not ${method}`,
      hint: "Send it with another method.",
      headers: { allow: allowed.join(", ") },
    });
  });
  return api;
}

const READING: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);
