import { Hono } from "hono";
import type { Log } from "../log.ts";
import { FraisierError } from "../domain/errors.ts";
import { CLOSED_PATHS, isOpened } from "../domain/public-paths.ts";
import { API_PATH, apiRoutes } from "./api/api-routes.ts";
import type { ApiParts } from "./api/api-routes.ts";
import { problemOf } from "./api/problem-of.ts";
import type { Door } from "./api/token-door.ts";
import { dashboardRoutes } from "./dashboard/dashboard-routes.ts";
import type { DashboardParts } from "./dashboard/dashboard-routes.ts";
import type { HttpEnv } from "./http-env.ts";
import { metricsRoutes } from "./routes/metrics.ts";
import type { MetricsParts } from "./routes/metrics.ts";
import { problem } from "./problem.ts";
import { statusRoutes } from "./routes/status.ts";
import type { StatusParts } from "./routes/status.ts";
import { webhookRoutes } from "./routes/webhooks.ts";
import type { WebhookParts } from "./routes/webhooks.ts";

export type HttpParts = WebhookParts &
  StatusParts &
  MetricsParts &
  ApiParts &
  DashboardParts & {
    /** Lets requests of the API in. */
    readonly door: Door;
    /** The words of `server.public`, of the settings in force. */
    readonly opened: () => readonly string[];
    readonly log: Log;
  };

/** Puts the routes together; turns errors into statuses, and never shows a stranger more than a sentence. */
export function createHttp(parts: HttpParts): Hono<HttpEnv> {
  // People write a slash at the end of a URL, and some forges add it.
  const app = new Hono<HttpEnv>({ strict: false });
  webhookRoutes(app, parts);
  for (const path of CLOSED_PATHS)
    app.use(path, async (context, next) => {
      // Loopback has no rights of its own: reverse proxies and builds call from there.
      if (!isOpened(context.req.path, parts.opened())) return context.notFound();
      return await next();
    });
  statusRoutes(app, parts);
  metricsRoutes(app, parts);
  dashboardRoutes(app, parts);
  app.route(API_PATH, apiRoutes(parts, parts.door));
  app.notFound((context) => problem(context, 404, "there is nothing here", OPEN));
  app.onError((error, context) => {
    if (error instanceof FraisierError) {
      parts.log.error({ err: error }, "request failed");
      return problem(context, 503, error.message, problemOf(error).hint || "Try again soon.");
    }
    // A bug of ours: the details are for the log alone.
    parts.log.error({ err: error }, "request failed unexpectedly");
    return problem(context, 500, "fraisier failed to answer", "The daemon's log says more.");
  });
  return app;
}

/** The advice is equal for a path that is closed and for one that does not exist. */
const OPEN = "GET /health and POST /webhook/<forge> are open. server.public in fraises.yaml opens other paths by name.";
