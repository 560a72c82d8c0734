import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { CLOSED_PATHS } from "../../src/domain/public-paths.ts";
import { createScenario } from "../helpers/scenario.ts";
import { reportAttacks } from "./attack-report.ts";

it("tells a stranger nothing but that the daemon is well, from loopback too, until server.public names a path", async () => {
  const scenario = await createScenario();
  await scenario.start();
  const health = await fetch(`${scenario.url}/health`);
  expect(health.status).toBe(200);
  expect(await health.json()).toEqual({ status: "ok" });
  const nothing = await (await fetch(`${scenario.url}/no/such/path`)).text();
  const paths = [
    ...CLOSED_PATHS,
    ...CLOSED_PATHS.map((each) => `${each}/`),
    "/_deploy/",
    "/_deploy/%73tatus",
    "/api/status/shop",
  ];
  const told: unknown[] = [];
  for (const path of paths) {
    const response = await fetch(`${scenario.url}${path}`);
    const text = await response.text();
    if (response.status !== 404 || text !== nothing) told.push([path, response.status, text]);
  }
  reportAttacks({ tried: paths.length, wronglyAccepted: told.length, crashes: 0, secretsFound: 0 });
  expect(told).toEqual([]);
  const file = join(scenario.folder, "fraises.yaml");
  writeFileSync(
    file,
    readFileSync(file, "utf8").replace("server: {", "server: { public: [/metrics, /_deploy/status],"),
  );
  expect((await scenario.fraisier("reload", "--wait")).exitCode).toBe(0);
  const answers = await Promise.all(CLOSED_PATHS.map(async (path) => (await fetch(`${scenario.url}${path}`)).status));
  expect(Object.fromEntries(CLOSED_PATHS.map((path, index) => [path, answers[index]]))).toEqual({
    "/metrics": 200,
    "/providers": 404,
    "/fraises": 404,
    "/api/status/*": 404,
    "/_deploy/health": 404,
    "/_deploy/status": 200,
  });
});
