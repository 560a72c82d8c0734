import type { Hono } from "hono";
import { answerDeployStatus } from "../../answers/targets/answer-deploy-status.ts";
import type { StatusSources } from "../../answers/targets/answer-deploy-status.ts";
import { answerHealth } from "../../answers/health/answer-health.ts";
import type { HealthDocument } from "../../answers/schemas/health-document.ts";
import { targetName } from "../../domain/fraise.ts";
import type { Forge } from "../../forges/forge.ts";
import type { Store } from "../../store/store.ts";
import type { Instance } from "../../webhooks/instance.ts";
import type { HttpEnv } from "../http-env.ts";

export interface StatusParts {
  readonly forges: readonly Forge[];
  /** The instances of the settings in force. */
  readonly instances: () => readonly Pick<Instance, "name" | "forge">[];
  readonly store: Pick<Store, "queue" | "onlyReads" | "unwell">;
  /** The settings in force, the record, and the services as the daemon saw them last. */
  readonly status: () => StatusSources;
  readonly version: string;
}

/** Says whether the daemon is alive, which version it has, and what runs: for monitors and scripts. It only reads. */
export function statusRoutes(app: Hono<HttpEnv>, parts: StatusParts): void {
  const { forges, instances, store, version } = parts;
  const startedAt = performance.now();
  const codeOf = ({ status }: HealthDocument): 200 | 503 => (status === "ok" ? 200 : 503);
  app.get("/health", async (context) => {
    // Strangers see the status alone.
    const found = await answerHealth(store);
    return context.json({ status: found.status }, codeOf(found));
  });
  app.get("/_deploy/health", async (context) => {
    const found = await answerHealth(store);
    const { status, error, hint, since, queued, running } = found;
    const uptime = Math.floor((performance.now() - startedAt) / 1000);
    const details = error === null ? { queued, running } : { error, hint, ...(since === undefined ? {} : { since }) };
    const body = {
      status,
      version,
      uptime_seconds: uptime,
      database: status,
      services: servicesIn(parts.status()),
      ...details,
    };
    return context.json(body, codeOf(found));
  });
  app.get("/_deploy/status", async (context) => {
    return context.json({ targets: await answerDeployStatus(parts.status()) });
  });
  app.get("/api/status/:fraise", async (context) => {
    const fraise = context.req.param("fraise");
    const targets = await answerDeployStatus(parts.status(), { fraise });
    return targets.length === 0 ? context.notFound() : context.json({ fraise, targets });
  });
  app.get("/fraises", (context) => context.json({ fraises: fraisesIn(parts.status()) }));
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

/** Every fraise of fraises.yaml, with its targets. */
function fraisesIn({ config }: StatusSources) {
  const names = [...new Set(config.targets.map(({ fraise }) => fraise))].toSorted();
  return names.map((name) => {
    const targets = config.targets.filter(({ fraise }) => fraise === name);
    const [{ type, description } = { type: "", description: "" }] = targets;
    return { name, type, description, targets: targets.map(targetName) };
  });
}

/** How many services ran, and how many did not, when the daemon looked last. */
function servicesIn({ config, services }: StatusSources) {
  const seen = config.targets.flatMap((target) => services(targetName(target)) ?? []);
  const count = (isUp: boolean | undefined): number => seen.filter((each) => each.isUp === isUp).length;
  return { up: count(true), down: count(false), unknown: count(undefined) };
}
