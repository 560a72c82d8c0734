import { Hono } from "hono";
import { createConfig, lintFromString } from "@redocly/openapi-core";
import { describe, expect, it } from "vitest";
import { apiRoutes, API_PATH } from "../../src/http/api/api-routes.ts";
import type { Caller } from "../../src/http/api/caller.ts";
import { questions } from "../../src/http/api/questions.ts";
import { localHost } from "../../src/host/local-host.ts";
import { VERBS } from "../../src/actions/verbs.ts";
import { createEventStreams } from "../../src/http/api/events/event-streams.ts";
import { createGate } from "../../src/http/gate.ts";
import { createLog } from "../../src/log.ts";
import { filledStore } from "../helpers/filled-store.ts";
import { API_FRAISES, parse } from "../helpers/parse-fraises.ts";
import { createScenario } from "../helpers/scenario.ts";

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The API over a filled store, behind a door that lets everybody in with these rights. */
async function openApi(reach: Partial<Pick<Caller, "fraises" | "environments">> = {}) {
  const { store, ids } = await filledStore();
  const config = parse(API_FRAISES);
  const sources = async () => ({ config, store });
  const log = createLog((text) => text);
  const parts = {
    version: "1.2.3",
    log,
    sources,
    streams: createEventStreams({ store, sources, log }),
    acting: () => ({
      config,
      store,
      host: localHost(),
      instances: [],
      askRunner: () => Promise.reject(new Error("these tests ask no runner")),
    }),
    verbs: VERBS,
    gate: createGate(() => []),
    trustedProxies: () => [],
    owner: "{}",
    isDead: () => false,
    redact: (text: string) => text,
  };
  const known = { id: "token 1", name: "token ci", scope: "read", isStillIn: async () => true } as const;
  const caller: Caller = { ...known, fraises: [], environments: [], ...reach };
  const app = new Hono();
  app.route(
    API_PATH,
    apiRoutes(parts, async () => caller),
  );
  const ask = async (path: string): Promise<Answer> => {
    const response = await app.request(`${API_PATH}${path}`);
    const type = response.headers.get("content-type") ?? "";
    return { status: response.status, type, body: (await response.json()) as Answer["body"] };
  };
  const page = async (path: string): Promise<{ readonly headers: Headers; readonly text: string }> => {
    const response = await app.request(`${API_PATH}${path}`);
    return { headers: response.headers, text: await response.text() };
  };
  return { ask, page, ids };
}

describe("the reading paths of the API", () => {
  it("answer with the documents that their schemas describe", async () => {
    const { ask, ids } = await openApi();
    const asked: Readonly<Record<string, string>> = {
      "/targets": "/targets",
      "/targets/:fraise/:environment": "/targets/api/production",
      "/targets/:fraise/:environment/:job": "",
      "/settings/:fraise/:environment": "/settings/api/production",
      "/settings/:fraise/:environment/:job": "",
      "/deployments": "/deployments?fraise=api&status=rolled_back&limit=1",
      "/deployments/:id": `/deployments/${ids.live}`,
      "/deployments/:id/log": `/deployments/${ids.live}/log?after=1`,
      "/deliveries": "/deliveries?decision=refused",
      "/deliveries/:id": `/deliveries/${ids.pushed}`,
      "/why": `/why?deployment=${ids.live}`,
      "/hosts": "/hosts",
      "/locks": "/locks",
      "/statistics": "/statistics?days=7",
      "/health": "/health",
    };
    for (const { path, document } of questions) {
      const example = asked[path];
      expect(example, path).toBeDefined();
      if (example === undefined || example === "") continue;
      const { status, body } = await ask(example);
      expect(status, path).toBe(200);
      expect(document.safeParse(body).error?.issues ?? [], path).toEqual([]);
    }
    expect((await ask(asked["/deployments"] ?? "")).body).toMatchObject({ deployments: [{ id: ids.takenBack }] });
    expect((await ask(asked["/deployments/:id/log"] ?? "")).body).toMatchObject({ lines: [{ line: "1 hint" }] });
    expect((await ask("/why?revision=aaaa")).body).toMatchObject({ chapters: [{ id: ids.pushed }, { id: ids.live }] });
  });

  it("tell nothing of the settings of targets that the caller may not know of", async () => {
    for (const reach of [{ fraises: ["shop"] }, { environments: ["staging"] }])
      expect(await (await openApi(reach)).ask("/settings/api/production")).toMatchObject({
        status: 404,
        body: { code: "not_on_record" },
      });
    expect((await (await openApi({ fraises: ["api"] })).ask("/settings/api/production")).status).toBe(200);
  });

  it("are described in OpenAPI, with every schema that is referred to", async () => {
    const { ask } = await openApi();
    const { status, body } = await ask("/openapi.json");
    expect(status).toBe(200);
    expect(body).toMatchObject({ openapi: "3.1.0", info: { version: "1.2.3" } });
    const { paths, components } = body as { paths: object; components: { schemas: object } };
    expect(Object.keys(paths)).toEqual([
      "/whoami",
      ...questions.map(({ path }) => path.replaceAll(/:(\w+)/g, "{$1}")),
      "/events",
      ...VERBS.map(({ name }) => `/${name}`),
    ]);
    const referred = [...JSON.stringify(body).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)];
    const names = new Set(referred.map(([, name = ""]) => name));
    expect([...names].toSorted()).toEqual(Object.keys(components.schemas).toSorted());
    expect(JSON.stringify(body)).not.toContain("$defs");
    // A reader must bear new keys of an answer; a request with a key that nobody knows is refused.
    for (const [name, schema] of Object.entries(components.schemas))
      expect([name, "additionalProperties" in schema]).toEqual([name, name.endsWith("Request")]);
  });

  it("are described on a page without scripts, whose links lead somewhere", async () => {
    const { page } = await openApi();
    const { headers, text } = await page("/docs");
    expect(headers.get("content-type")).toContain("text/html");
    expect(headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(text).not.toMatch(/<script|style="| on\w+=/);
    for (const path of [...questions.map(({ path: each }) => each.replaceAll(/:(\w+)/g, "{$1}")), "/events", "/deploy"])
      expect(text).toContain(`</span> ${path}</h3>`);
    const ids = new Set([...text.matchAll(/ id="(\w+)"/g)].map(([, id]) => id));
    const linked = [...text.matchAll(/href="#(\w+)"/g)].map(([, id]) => id);
    expect(linked.length).toBeGreaterThan(30);
    expect(linked.filter((id) => !ids.has(id))).toEqual([]);
    const [, styles = ""] = /rel="stylesheet" href="([^"]+)"/.exec(text) ?? [];
    expect((await page(styles.slice(API_PATH.length))).headers.get("content-type")).toContain("text/css");
  });

  it("are described without a finding of the linter for OpenAPI", async () => {
    const { ask } = await openApi();
    const { body } = await ask("/openapi.json");
    const config = await createConfig({
      extends: ["recommended-strict"],
    });
    const findings = await lintFromString({ source: JSON.stringify(body), config });
    expect(findings.map(({ ruleId, message, location }) => [ruleId, message, location[0]?.pointer])).toEqual([]);
    const broken = JSON.stringify(body).replace('"#/components/schemas/Status"', '"#/components/schemas/Nothing"');
    expect(await lintFromString({ source: broken, config })).not.toEqual([]);
  });

  it("refuse parameters that they do not have or cannot use, and name those that there are", async () => {
    const { ask } = await openApi();
    expect(await ask("/deployments?colour=red")).toMatchObject({
      status: 422,
      type: "application/problem+json",
      body: { title: "this path has no parameter colour", hint: expect.stringContaining("fraise, environment") },
    });
    for (const wrong of [
      "/deployments?limit=0",
      "/deployments?limit=100000",
      "/deployments?status=green",
      "/statistics?days=x",
      "/why",
      "/why?deployment=a&delivery=b",
    ])
      expect(await ask(wrong), wrong).toMatchObject({ status: 422, type: "application/problem+json" });
    for (const unknown of [
      "/deployments/nothing",
      "/deployments/nothing/log",
      "/deliveries/nothing",
      "/deployments?fraise=shop",
      "/targets/api/nowhere",
      "/targets/api/production/daily",
      "/why?revision=dead",
    ])
      expect(await ask(unknown), unknown).toMatchObject({ status: 404, body: { code: "not_on_record" } });
  });

  it("tell a caller nothing of targets beyond its reach", async () => {
    const { ask, ids } = await openApi({ fraises: ["web"] });
    for (const path of [
      "/targets/api/production",
      "/deployments?fraise=api",
      `/deployments/${ids.live}`,
      `/deployments/${ids.live}/log`,
      `/deliveries/${ids.pushed}`,
      `/why?delivery=${ids.pushed}`,
      "/why?fraise=api",
      "/statistics?fraise=api",
    ])
      expect(await ask(path), path).toMatchObject({ status: 404 });
    expect((await ask("/targets")).body).toMatchObject({ targets: [{ target: "web/staging" }] });
    expect((await ask("/deployments")).body).toMatchObject({ deployments: [{ id: ids.other }], next: null });
    expect((await ask("/deliveries")).body).toMatchObject({ deliveries: [] });
  });
});

describe("the daemon and the commands", () => {
  it("give the same documents", async () => {
    const scenario = await createScenario();
    await scenario.start();
    const first = await scenario.commit("1");
    await scenario.push("main");
    const { id } = await scenario.settled(first);
    const made = await scenario.fraisier("token", "create", "--name", "reader", "--scope", "read", "--json");
    const { token } = JSON.parse(made.stdout) as { token: string };
    const ask = async (path: string, headers = { authorization: `Bearer ${token}` }): Promise<unknown> =>
      await (await fetch(`${scenario.url}${API_PATH}${path}`, { headers })).json();
    const told = async (...words: readonly string[]): Promise<unknown> =>
      JSON.parse((await scenario.fraisier(...words, "--json")).stdout) as unknown;

    for (const path of ["/targets", `/deployments/${id}`])
      expect(await ask(path, { authorization: "" }), path).toMatchObject({ status: 401 });
    expect(await ask(`/deployments/${id}`)).toEqual(await told("show", id));
    expect(await ask("/deployments")).toEqual(await told("history"));
    expect(await ask("/deliveries")).toEqual(await told("webhooks"));
    expect(await ask(`/why?deployment=${id}`)).toEqual(await told("why", id));
    expect(await ask("/statistics")).toEqual(await told("stats"));
    const { targets } = (await told("status")) as { targets: readonly object[] };
    // Only the command asks the host.
    const { unknown: _unknown, drift_checked_at: _checked, ...target } = targets[0] as Record<string, unknown>;
    expect(await ask("/targets")).toMatchObject({
      version: 1,
      targets: [{ ...target, sandbox_gaps: null }],
      daemon: { needs_reload: false, config_file: expect.stringContaining("fraises.yaml") },
    });
  });
});
