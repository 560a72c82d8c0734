import { describe, expect, it } from "vitest";
import { VERBS } from "../../src/actions/verbs.ts";
import { createScenario } from "../helpers/scenario.ts";
import type { Scenario, ScenarioOptions } from "../helpers/scenario.ts";

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

type Post = (verb: string, document: unknown, headers?: Readonly<Record<string, string>>) => Promise<Answer>;

async function api(scenario: Scenario, ...options: readonly string[]): Promise<Post> {
  const made = await scenario.fraisier("token", "create", "--json", ...options);
  const { token } = JSON.parse(made.stdout) as { token: string };
  return async (verb, document, headers = {}) => {
    const response = await fetch(`${scenario.url}/api/v1/${verb}`, {
      method: "POST",
      body: typeof document === "string" ? document : JSON.stringify(document),
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...headers },
    });
    const body = (await response.json()) as Answer["body"];
    // An answer is the document that OpenAPI promises.
    if (response.ok) VERBS.find(({ name }) => name === verb)?.answer.parse(body);
    return { status: response.status, body };
  };
}

async function served(options: ScenarioOptions = {}): Promise<Scenario> {
  const scenario = await createScenario(options);
  await scenario.start();
  return scenario;
}

describe("the verbs of the API", () => {
  it("deploy, roll back, resume and replay as the command line does, and the record names the token", async () => {
    const scenario = await served();
    const post = await api(scenario, "--name", "ci", "--scope", "deploy");
    const first = await scenario.commit("1");
    await scenario.git("push", "--quiet", "origin", "main");
    await scenario.settled(first);
    const second = await scenario.commit("2");
    await scenario.git("-c", "core.hooksPath=/dev/null", "push", "--quiet", "origin", "main");
    await scenario.settled(second);

    const back = await post("rollback", { target: "shop", reason: "prices are wrong" });
    expect(back).toMatchObject({
      status: 200,
      body: { target: "shop/production", decision: "queued", revision: first },
    });
    await expect.poll(() => scenario.answer()).toBe("version 1");
    const rolledBack = await scenario.store.deployments.detail(String(back.body["deployment"]));
    expect(rolledBack?.deployment).toMatchObject({ trigger: "rollback", triggeredBy: "token ci", revision: first });
    await expect
      .poll(async () => (await scenario.store.deployments.detail(String(back.body["deployment"])))?.deployment.status)
      .toBe("succeeded");

    expect(await post("resume", { target: "shop/production", reason: "mended" })).toMatchObject({
      status: 200,
      body: { target: "shop/production", revisions: [second] },
    });
    const again = await post("deploy", { target: "shop/production", revision: second.slice(0, 8), reason: "now" });
    expect(again).toMatchObject({ status: 200, body: { decision: "queued" } });
    await expect.poll(() => scenario.answer()).toBe("version 2");
    expect(await post("replay", { delivery: "last" })).toMatchObject({
      status: 200,
      body: { decisions: expect.anything() },
    });
    await scenario.stop();
  });

  it("lock, queue, cancel and unlock", async () => {
    const scenario = await served();
    const post = await api(scenario, "--name", "ops", "--scope", "admin");
    await post("lock", { all: true, reason: "database move" });
    await scenario.commit("1");
    // The deployment of the push waits for the lock, and the one by hand takes its place.
    await scenario.push();
    const queued = await post("deploy", { target: "shop/production" });
    expect(queued).toMatchObject({ status: 200, body: { decision: "queued" } });
    const { deployment } = queued.body;
    expect(await post("cancel", { deployment })).toMatchObject({
      status: 200,
      body: { deployment, result: "cancelled" },
    });
    expect(await post("cancel", { deployment })).toMatchObject({ status: 422, body: { code: "usage" } });
    expect(await post("lock", { target: "shop" })).toMatchObject({ status: 422 });
    expect(await post("unlock", { all: true })).toMatchObject({ status: 200, body: { still_locked: [] } });
    const actions = await scenario.fraisier("lock", "--json");
    expect(JSON.parse(actions.stdout)).toEqual({ version: 1, locks: [] });
    expect((await scenario.store.deployments.detail(String(deployment)))?.deployment).toMatchObject({
      status: "cancelled",
      reason: "cancelled by token ops",
    });
    await scenario.stop();
  });

  it("promote what runs in another environment", async () => {
    const scenario = await served({
      environments: "staging: { branch: main, app_path: '{folder}/srv/staging' }",
    });
    const post = await api(scenario, "--name", "ci", "--scope", "deploy");
    expect(await post("promote", { from: "shop/staging", to: "shop/production" })).toMatchObject({
      status: 422,
      body: { title: "fraisier has not deployed anything to shop/staging yet" },
    });
    await scenario.stop();
  });

  it("stay within the fraises and environments of a token, and name no others to it", async () => {
    const scenario = await served({ environments: "staging: { branch: main, app_path: '{folder}/srv/staging' }" });
    const post = await api(
      scenario,
      "--name",
      "ci",
      "--scope",
      "deploy",
      "--fraise",
      "shop",
      "--environment",
      "staging",
    );
    expect(await post("lock", { target: "shop/staging", reason: "x" })).toMatchObject({ status: 200 });
    for (const [verb, document] of [
      ["lock", { target: "shop/production", reason: "x" }],
      ["lock", { target: "shop", reason: "x" }],
      ["lock", { all: true, reason: "x" }],
      ["deploy", { target: "shop/production" }],
      ["promote", { from: "shop/staging", to: "shop/production" }],
      ["deploy", { target: "secret/production" }],
    ] as const)
      expect([verb, document, await post(verb, document)]).toMatchObject([
        verb,
        document,
        { status: 403, body: { code: "out_of_reach" } },
      ]);
    const unknown = await post("deploy", { target: "shop/stagging" });
    expect(unknown.status).toBe(422);
    expect(JSON.stringify(unknown.body)).not.toContain("production");
    const other = await scenario.fraisier("deploy", "shop/production", "--json", "--revision", "1".repeat(40));
    const { deployment } = JSON.parse(other.stdout) as { deployment: string };
    expect(await post("cancel", { deployment })).toMatchObject({ status: 403, body: { code: "out_of_reach" } });
    await scenario.stop();
  });

  it("refuse what is no document, and say why", async () => {
    const scenario = await served();
    const post = await api(scenario, "--name", "ci", "--scope", "deploy");
    expect(await post("deploy", "target=shop", { "content-type": "text/plain" })).toMatchObject({ status: 415 });
    expect(await post("deploy", "{")).toMatchObject({ status: 400, body: { code: "no_document" } });
    expect(await post("deploy", "[]")).toMatchObject({ status: 400 });
    expect(await post("deploy", { target: "x".repeat(70_000) })).toMatchObject({ status: 413 });
    expect(await post("deploy", { traget: "shop" })).toMatchObject({
      status: 422,
      body: { title: expect.stringContaining("traget") },
    });
    expect(await post("deploy", { target: "shop/live" })).toMatchObject({
      status: 422,
      body: { title: expect.stringContaining("has no shop/live"), hint: expect.stringContaining("shop/production") },
    });
    expect(await post("destroy", {})).toMatchObject({ status: 404 });
    await scenario.stop();
  });
});
