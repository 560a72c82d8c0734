import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { ADDS, REMOVES, upgrade } from "../helpers/newer-store.ts";
import { createScenario, until } from "../helpers/scenario.ts";
import type { Scenario } from "../helpers/scenario.ts";

const SENTENCE =
  /the store is at version \d+, which fraisier \S+ made, and this fraisier \S+ knows version \d+: it only reads/;
const OPENED = "public: [/_deploy/health]";
const REVISION = "a".repeat(40);

const storeOf = ({ folder }: Scenario): string => join(folder, "fraisier.db");

async function expectOnlyReads(scenario: Scenario): Promise<void> {
  expect(await (await fetch(`${scenario.url}/health`)).json()).toEqual({ status: "only_reads" });
  const health = await fetch(`${scenario.url}/_deploy/health`);
  expect(health.status).toBe(503);
  expect(await health.json()).toMatchObject({ status: "only_reads", error: expect.stringMatching(SENTENCE) });
  const refused = await scenario.deliver({ after: REVISION });
  expect(refused.status).toBe(503);
  expect(await refused.json()).toMatchObject({
    error: expect.stringMatching(SENTENCE),
    hint: expect.stringContaining("restart the daemon: systemctl restart fraisier"),
  });
  const said = (): number =>
    (scenario.daemonLog().match(/"msg":"[^"]*"/g) ?? []).filter((message) => SENTENCE.test(message)).length;
  await until("the daemon to say so in its log", async () => said() > 0);
  expect(said()).toBe(1);
  expect(scenario.daemonLog()).not.toContain("could not be");
}

describe("a daemon whose store a newer fraisier migrates", () => {
  it("only reads from then on and says so; the deployment that runs is finished", async () => {
    const scenario = await createScenario({
      server: OPENED,
      environment: "build: touch ../../begun; until test -e ../../go; do sleep 0.05; done",
    });
    await scenario.start();
    const revision = await scenario.commit("1");
    await scenario.push();
    await until("the build", async () => existsSync(join(scenario.app, "begun")));
    await upgrade(storeOf(scenario), ADDS);
    await until("the daemon to notice", async () => (await fetch(`${scenario.url}/health`)).status === 503);
    await expectOnlyReads(scenario);
    writeFileSync(join(scenario.app, "go"), "");
    expect(await scenario.settled(revision)).toMatchObject({ status: "succeeded" });
    expect(await scenario.answer()).toBe("version 1");
    expect(await scenario.stop()).toBe(0);
    expect(scenario.daemonLog()).not.toContain("the queue could not be served");
  });

  it("lets people look, with a warning, and refuses what they want to change", async () => {
    const scenario = await createScenario();
    await scenario.start();
    const revision = await scenario.commit("1");
    await scenario.push();
    const { id } = await scenario.settled(revision);
    await upgrade(storeOf(scenario), ADDS);
    const questions = [
      ["status"],
      ["history"],
      ["show", id],
      ["logs", id],
      ["why", id],
      ["webhooks"],
      ["lock"],
      ["list"],
    ];
    for (const question of questions) {
      const { exitCode, stdout, stderr } = await scenario.fraisier(...question);
      expect({ question, exitCode, stdout }).toEqual({ question, exitCode: 0, stdout: expect.stringMatching(/\S/) });
      if (question[0] !== "list") expect(stderr).toMatch(SENTENCE);
    }
    for (const change of [
      ["lock", "shop", "production", "--reason", "lunch"],
      ["deploy", "shop", "production"],
      ["prune"],
    ]) {
      const { exitCode, stderr } = await scenario.fraisier(...change);
      expect({ change, exitCode }).toEqual({ change, exitCode: 4 });
      expect(stderr).toMatch(new RegExp(`fraisier: ${SENTENCE.source}\nhint: Install fraisier `));
    }
  });

  it("only reads if it is started on such a store", async () => {
    const scenario = await createScenario({ server: OPENED });
    await upgrade(storeOf(scenario), ADDS);
    await expect(
      Promise.race([
        scenario.start(),
        until("health", async () => (await fetch(`${scenario.url}/health`)).status === 503),
      ]),
    ).resolves.toBeUndefined();
    await expectOnlyReads(scenario);
    expect(await scenario.stop()).toBe(0);
  });

  it("does not start on a store that it does not understand", async () => {
    const scenario = await createScenario();
    await upgrade(storeOf(scenario), REMOVES);
    expect(await scenario.fraisier("serve")).toMatchObject({
      exitCode: 4,
      stderr: expect.stringMatching(
        /knows version \d+: it cannot be used\nhint: Install fraisier .* ls \S+\.before-\*/,
      ),
    });
  });

  it("is pointed out by the newer command line", async () => {
    const scenario = await createScenario();
    await scenario.start();
    await scenario.commit("1");
    await scenario.git("push", "--quiet", "origin", "main");
    await expect.poll(async () => (await scenario.store.daemons.all()).length).toBe(1);
    // As an older fraisier had registered itself.
    const database = new Database(storeOf(scenario));
    database.exec("update tb_daemon set store_version = 0");
    database.close();
    const sentence = /the daemon \(fraisier \S+, process \d+\) is older than the store and only reads/;
    expect((await scenario.fraisier("status")).stdout).toMatch(sentence);
    expect((await scenario.fraisier("deploy", "shop", "production")).stderr).toMatch(sentence);
  });
});
