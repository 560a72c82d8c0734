import { join } from "node:path";
import { expect, it } from "vitest";
import { createScenario, until } from "../helpers/scenario.ts";

it("the paths for monitors tell of services, databases and targets that were never deployed", async () => {
  const scenario = await createScenario({
    server: "public: [/_deploy/*, /fraises, /api/status/*]",
    environment: 'database: { tool: sql, url: "${SHOP_DATABASE}" }',
    environments: "staging: { branch: staging, app_path: '{folder}/srv/staging' }",
  });
  scenario.with({ SHOP_DATABASE: `sqlite:${join(scenario.folder, "shop.db")}` });
  await scenario.start();
  const get = async (path: string): Promise<unknown> => await (await fetch(`${scenario.url}${path}`)).json();
  const never = {
    fraise: "shop",
    environment: "staging",
    job: "",
    revision: null,
    configured: true,
    deployed: false,
    service_status: null,
    database_version: null,
    migrations_applied: null,
  };
  expect(await get("/_deploy/status")).toMatchObject({
    targets: [
      { target: "shop/production", deployed: false, database_version: null, migrations_applied: 0 },
      { target: "shop/staging", ...never },
    ],
  });
  expect(await get("/fraises")).toEqual({
    fraises: [{ name: "shop", type: "api", description: "", targets: ["shop/production", "shop/staging"] }],
  });
  const revision = await scenario.commit("1", {
    "migrations/0001_a.up.sql": "create table a (x);",
    "migrations/0001_a.down.sql": "drop table a;",
    "migrations/0002_b.up.sql": "create table b (x);",
    "migrations/0002_b.down.sql": "drop table b;",
  });
  await scenario.push();
  await scenario.settled(revision, "succeeded");
  // The daemon looks at start, and then every minute.
  await scenario.stop();
  await scenario.start();
  const seen = async (): Promise<unknown> => ((await get("/_deploy/health")) as { services: unknown }).services;
  await until("the daemon has looked", async () => JSON.stringify(await seen()) === '{"up":1,"down":0,"unknown":0}');
  expect(await get("/_deploy/health")).toMatchObject({ status: "ok", database: "ok", queued: 0, running: 0 });
  expect(await get("/api/status/shop")).toMatchObject({
    fraise: "shop",
    targets: [
      {
        target: "shop/production",
        configured: true,
        deployed: true,
        revision,
        service_status: expect.stringMatching(/./),
        service_up: true,
        service_checked_at: expect.stringMatching(/^20/),
        database_version: "0002_b",
        migrations_applied: 2,
      },
      { target: "shop/staging", ...never },
    ],
  });
  expect((await fetch(`${scenario.url}/api/status/shpo`)).status).toBe(404);
  await scenario.stop();
});
