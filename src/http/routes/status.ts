import type { Hono } from "hono";
import { StoreUnavailable } from "../../domain/errors.ts";
import { targetName } from "../../domain/fraise.ts";
import { stateJson } from "../../domain/target-state.ts";
import type { Forge } from "../../forges/forge.ts";
import type { Store } from "../../store/store.ts";
import type { Instance } from "../../webhooks/instance.ts";
import type { HttpEnv } from "../http-env.ts";

export interface StatusParts {
  readonly forges: readonly Forge[];
  /** The instances of the settings in force. */
  readonly instances: () => readonly Pick<Instance, "name" | "forge">[];
  readonly store: Pick<Store, "targets" | "queue" | "onlyReads" | "unwell">;
  readonly version: string;
}

interface Health {
  readonly status: "ok" | "only_reads" | "store_unavailable";
  /** For operators. Strangers see the status alone. */
  readonly details: Readonly<Record<string, unknown>>;
}

/** Says whether the daemon is alive, which version it has, and what runs: for monitors and scripts. It only reads. */
export function statusRoutes(app: Hono<HttpEnv>, { forges, instances, store, version }: StatusParts): void {
  const startedAt = performance.now();
  const health = async (): Promise<Health> => {
    const refusal = store.onlyReads();
    // Pushes are refused: a monitor must see it.
    if (refusal !== undefined) return { status: "only_reads", details: { error: refusal.message, hint: refusal.hint } };
    const fault = store.unwell();
    if (fault !== undefined)
      return { status: "store_unavailable", details: { error: fault.message, hint: fault.hint } };
    try {
      // A daemon that cannot read its store is not healthy.
      const { queued, running } = await store.queue.state();
      return { status: "ok", details: { queued: queued.length, running: running.length } };
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      return { status: "store_unavailable", details: { error: error.message, hint: error.hint } };
    }
  };
  const codeOf = ({ status }: Health): 200 | 503 => (status === "ok" ? 200 : 503);
  app.get("/health", async (context) => {
    const found = await health();
    return context.json({ status: found.status }, codeOf(found));
  });
  app.get("/_deploy/health", async (context) => {
    const found = await health();
    const uptime = Math.floor((performance.now() - startedAt) / 1000);
    return context.json({ status: found.status, version, uptime_seconds: uptime, ...found.details }, codeOf(found));
  });
  app.get("/_deploy/status", async (context) => {
    const rows = await store.targets.status();
    return context.json({ targets: rows.map((row) => ({ target: targetName(row), ...stateJson(row) })) });
  });
  app.get("/providers", (context) => {
    const configured = instances();
    const unused = forges.filter((forge) => configured.every(({ name }) => name !== forge.name));
    const rows = [
      ...configured.map(({ name, forge }) => ({ name, title: forge.title, configured: true })),
      ...unused.map(({ name, title }) => ({ name, title, configured: false })),
    ];
    return context.json({ providers: rows.map((row) => ({ ...row, webhook_path: `/webhook/${row.name}` })) });
  });
}
