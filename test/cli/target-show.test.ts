import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { targetDocumentSchema } from "../../src/answers/schemas/target-document.ts";
import { createScenario } from "../helpers/scenario.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const ENVIRONMENT = `build: test -f VERSION
required_env_vars: [API_KEY, SHOP_MODE]
keep_releases: 3
database: { tool: sql, url: "\${SHOP_DATABASE}" }`;

it("target show tells everything that is in force for a target, here and over a socket, and no value of a variable", async () => {
  const socket = join(temporaryFolder(), "control.sock");
  const scenario = await createScenario({
    server: `control_socket: ${socket}`,
    deployment: "timeout: 20m",
    environment: ENVIRONMENT,
    environments: "staging: { branch: staging, app_path: '{folder}/srv/staging' }",
  });
  scenario.with({ SHOP_DATABASE: `sqlite:${join(scenario.folder, "secret-name.db")}` });
  await scenario.start();
  await scenario.fraisierReads("hunter2-hunter2", "env", "set", "shop/production", "API_KEY");
  await scenario.fraisierReads("fast", "env", "set", "shop/production", "SHOP_MODE");
  const revision = await scenario.commit("1", {
    "migrations/0001_a.up.sql": "create table a (x);",
    "migrations/0001_a.down.sql": "drop table a;",
  });
  await scenario.push();
  await scenario.settled(revision, "succeeded");
  await scenario.fraisier("lock", "shop/production", "--reason", "database move");
  await scenario.fraisier("env", "delete", "shop/production", "SHOP_MODE");

  const json = await scenario.fraisier("target", "show", "shop/production", "--json");
  const here = targetDocumentSchema.parse(JSON.parse(json.stdout));
  expect(json.stdout).not.toMatch(/hunter2|secret-name/);
  expect(here).toMatchObject({
    version: 1,
    target: "shop/production",
    file: join(scenario.folder, "fraises.yaml"),
    repository: "acme/shop",
    branches: ["main"],
    settings: { keep_releases: 3, timeout: 1_200_000 },
    variables: [{ name: "API_KEY", job: "" }],
    missing_variables: ["SHOP_MODE"],
    folders: { app: scenario.app, current: join(scenario.app, "current") },
    migrations: [{ migration: "0001_a", status: "success" }],
    status: { revision, locks: [{ reason: "database move" }] },
  });
  const file = readFileSync(join(scenario.folder, "fraises.yaml"), "utf8").split("\n");
  const origin = (key: string) => here.origins.find((each) => each.key === key);
  const lineOf = (key: string): string => file[(origin(key)?.line ?? 0) - 1] ?? "";
  expect(origin("keep_releases")).toMatchObject({ value: "3", from: "environment" });
  expect(lineOf("keep_releases")).toContain("keep_releases: 3");
  expect(origin("build.command")).toMatchObject({ value: "test -f VERSION", from: "environment" });
  expect(lineOf("build.command")).toContain("build: test -f VERSION");
  expect(origin("timeout")).toMatchObject({ value: "20m", from: "deployment" });
  expect(lineOf("timeout")).toContain("timeout: 20m");
  expect(origin("rollback.automatic")).toMatchObject({ value: "true", from: "default", file: null, line: null });
  expect(origin("sandbox.network")).toMatchObject({ value: "on", from: "default" });
  expect(origin("database.url")?.value).toMatch(/^\*\*\*/);

  const text = await scenario.fraisier("target", "show", "shop", "production");
  expect(text).toMatchObject({ exitCode: 0, stderr: "" });
  expect(text.stdout).toMatch(/^keep_releases +environment, line \d+ +3$/m);
  expect(text.stdout).toContain("database move");
  expect(text.stdout).toContain("required and not set: fraisier env set shop/production SHOP_MODE");
  expect(text.stdout).not.toMatch(/hunter2|secret-name/);

  scenario.with({ FRAISIER_URL: `unix:${socket}` });
  const there = targetDocumentSchema.parse(
    JSON.parse((await scenario.fraisier("target", "show", "shop/production", "--json")).stdout),
  );
  // The daemon says what it saw last.
  expect({ ...there, status: undefined }).toEqual({ ...here, status: undefined });
  expect(there.status).toMatchObject({ revision, locks: [{ reason: "database move" }] });
  const over = await scenario.fraisier("target", "show", "shop/production");
  expect(over.stdout.split("\n").slice(2)).toEqual(text.stdout.split("\n").slice(2));
  expect(await scenario.fraisier("target", "show", "shop/prodution")).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining("Did you mean shop/production?"),
  });
  await scenario.stop();
}, 90_000);
