import type { Context, Hono } from "hono";
import type { Forge } from "../../forges/forge.ts";
import type { Store } from "../../store/store.ts";
import { targetName } from "../../domain/fraise.ts";
import type { HttpEnv } from "../http-env.ts";

export interface StatusParts {
  readonly forges: readonly Forge[];
  /** Those of the settings in force. */
  readonly configuredForges: () => readonly string[];
  readonly store: Pick<Store, "targetStatus" | "queueState" | "onlyReads" | "unwell">;
  readonly version: string;
}

/** Is it alive, what does it speak, and what runs: for monitors and scripts. Nothing here is secret, and nothing changes. */
export function statusRoutes(app: Hono<HttpEnv>, { forges, configuredForges, store, version }: StatusParts): void {
  const startedAt = performance.now();
  const health = async (context: Context): Promise<Response> => {
    const common = { version, uptime_seconds: Math.floor((performance.now() - startedAt) / 1000) };
    const refusal = store.onlyReads();
    // Pushes are refused: a monitor must see it.
    if (refusal !== undefined)
      return context.json({ status: "only_reads", ...common, error: refusal.message, hint: refusal.hint }, 503);
    const fault = store.unwell();
    if (fault !== undefined)
      return context.json({ status: "store_unavailable", ...common, error: fault.message, hint: fault.hint }, 503);
    // Reads the store: a daemon that cannot is not healthy, and answers 503.
    const { queued, running } = await store.queueState();
    return context.json({ status: "ok", ...common, queued: queued.length, running: running.length });
  };
  app.get("/health", health);
  app.get("/_deploy/health", health);
  app.get("/_deploy/status", async (context) => {
    const rows = await store.targetStatus();
    return context.json({ targets: rows.map((row) => ({ target: targetName(row), ...row })) });
  });
  app.get("/providers", (context) =>
    context.json({
      providers: forges.map(({ name, title }) => ({
        name,
        title,
        webhook_path: `/webhook/${name}`,
        configured: configuredForges().includes(name),
      })),
    }),
  );
}
