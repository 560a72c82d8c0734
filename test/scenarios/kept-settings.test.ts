import { createServer } from "node:http";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { HOLD_POINTS, holdRunners } from "../helpers/held-runner.ts";
import { createScenario, freePort } from "../helpers/scenario.ts";
import { turningPairs } from "../helpers/turning-pairs.ts";
import { wholeShop } from "../helpers/whole-shop.ts";

/** Another value for a key of the whole shop. A command that is run although the deployment did not begin with it leaves the file `wrong`. */
const WRONG = "touch $FRAISIER_APP_PATH/../../wrong; false";
const CHANGES: readonly (readonly [what: string, change: (text: string) => string])[] = [
  ["app_path is another folder", (text) => text.replace(/app_path: \S+/, "$&-moved")],
  ["layout is in_place", (text) => text.replace("layout: releases", "layout: in_place")],
  ["type is etl", (text) => text.replace("type: api", "type: etl")],
  ["branch is another one", (text) => text.replace("branch: main", "branch: other").replace('tags: ["v*"]', "")],
  ["clone_url is nowhere", (text) => text.replace(/clone_url: \S+/, "clone_url: /nowhere.git")],
  [
    "the commands of the service are others",
    (text) =>
      text.replace(
        /service: \{.*/,
        `service: { manager: command, restart: "${WRONG}", status: "${WRONG}", stop: "${WRONG}" }`,
      ),
  ],
  ["there is no service", (text) => text.replace(/service: \{.*/, "")],
  [
    "install, build and hooks are others",
    (text) =>
      text
        .replace(/install: .*/, `install: "${WRONG}"`)
        .replace(/build: .*/, `build: "${WRONG}"`)
        .replace(
          /hooks: .*/,
          `hooks: { before_deploy: "${WRONG}", after_deploy: { commands: "${WRONG}", on_error: fail } }`,
        ),
  ],
  [
    "the health check and the verification are others",
    (text) =>
      text
        .replace(/health_check: .*/, 'health_check: { url: "http://127.0.0.1:9/", timeout: 1s }')
        .replace(/verify: .*/, `verify: [{ type: command, command: "${WRONG}" }]`),
  ],
  ["the database is another one", (text) => text.replace("/shop.db", "/wrong")],
  ["there is no database", (text) => text.replace(/database: .*/, "")],
  ["the state folder is another one", (text) => text.replace("retries: 0", "retries: 0, state_directory: state-moved")],
  ["the store is another one", (text) => text.replace("/fraisier.db", "/wrong")],
  [
    "a secret is missing",
    (text) => text.replace(/verify: .*/, 'verify: [{ type: http, request: { headers: { Key: "${NOWHERE}" } } }]'),
  ],
  ["the target was removed", (text) => `${text.split("\nfraises:")[0]}\nfraises: {}\n`],
  ["fraises.yaml was broken", (text) => text.replace("type: api", "type: [")],
  ["fraises.yaml was emptied", () => ""],
];
/** Before its first runner has read fraises.yaml, a deployment has no settings. */
const POINTS = HOLD_POINTS.filter((point) => point !== "queued");
const PAIRS = turningPairs("kept settings", [CHANGES, POINTS], 7);

describe("a deployment whose runner is killed", () => {
  it(
    `keeps the settings it began with: ${PAIRS.map(([[what], point]) => `${what} (${point})`).join(", ")}`,
    { timeout: 60_000 + PAIRS.length * 60_000 },
    async () => {
      const shop = await wholeShop();
      const text = readFileSync(shop.file, "utf8");
      const problems: string[] = [];
      for (const [[what, change], point] of PAIRS) {
        expect(change(text), what).not.toBe(text);
        const { revision, runner } = await shop.pushUntil(point);
        writeFileSync(shop.file, change(text));
        runner.kill();
        await shop
          .endsAsItMust(point, revision)
          .catch((error: unknown) => problems.push(`${what} (${point}): ${String(error)}`));
        writeFileSync(shop.file, text);
      }
      expect(problems).toEqual([]);
    },
  );
});

describe("a secret that stands in fraises.yaml", () => {
  it.each([
    ["the new one, if it was rotated", (text: string) => text.replace("Bearer old-secret", "Bearer new-secret"), "new"],
    [
      "the one it began with, if the target was removed",
      (text: string) => `${text.split("\nfraises:")[0]}\nfraises: {}\n`,
      "old",
    ],
  ])("is not kept in the store, and a deployment whose runner dies uses %s", async (_, change, expected) => {
    const asked: (string | undefined)[] = [];
    const port = await freePort();
    const server = createServer((request, response) => {
      asked.push(request.headers.authorization);
      response.end();
    }).listen(port, "127.0.0.1");
    onTestFinished(() => void server.close());
    const request = "{ headers: { Authorization: Bearer old-secret } }";
    const scenario = await createScenario({
      environment: `verify: [{ type: http, url: "http://127.0.0.1:${port}/", request: ${request} }]`,
    });
    const holder = holdRunners(scenario);
    await scenario.start();
    // Nothing has changed on the host yet: the next runner goes on.
    holder.hold("copying_files");
    const revision = await scenario.commit("1");
    await scenario.push();
    const runner = await holder.held();
    const file = join(scenario.folder, "fraises.yaml");
    writeFileSync(file, change(readFileSync(file, "utf8")));
    runner.kill();
    await scenario.settled(revision, "succeeded");
    expect(asked).toEqual([`Bearer ${expected}-secret`]);
    const stored = readdirSync(scenario.folder).filter((name) => name.startsWith("fraisier.db"));
    for (const name of stored)
      expect(readFileSync(join(scenario.folder, name)).includes("old-secret"), name).toBe(false);
  });
});
