import type { Hono } from "hono";
import type { HttpEnv } from "../http-env.ts";

export interface MetricsParts {
  /** The numbers of this moment, in the Prometheus text format 0.0.4. */
  readonly scrape: () => Promise<string>;
}

/** `GET /metrics`, for Prometheus and what understands its format. */
export function metricsRoutes(app: Hono<HttpEnv>, { scrape }: MetricsParts): void {
  app.get("/metrics", async (context) =>
    context.body(await scrape(), 200, { "content-type": "text/plain; version=0.0.4; charset=utf-8" }),
  );
}
