import type { Hono } from "hono";
import { answerHealth } from "../../answers/health/answer-health.ts";
import type { HealthDocument } from "../../answers/schemas/health-document.ts";
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

/** Says whether the daemon is alive, which version it has, and what runs: for monitors and scripts. It only reads. */
export function statusRoutes(app: Hono<HttpEnv>, { forges, instances, store, version }: StatusParts): void {
  const startedAt = performance.now();
  const codeOf = ({ status }: HealthDocument): 200 | 503 => (status === "ok" ? 200 : 503);
  app.get("/health", async (context) => {
    // Strangers see the status alone.
    const found = await answerHealth(store);
    return context.json({ status: found.status }, codeOf(found));
  });
  app.get("/_deploy/health", async (context) => {
    const found = await answerHealth(store);
    const { status, error, hint, queued, running } = found;
    const uptime = Math.floor((performance.now() - startedAt) / 1000);
    const details = error === null ? { queued, running } : { error, hint };
    return context.json({ status, version, uptime_seconds: uptime, ...details }, codeOf(found));
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
