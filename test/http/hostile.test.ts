import { createHmac } from "node:crypto";
import { connect } from "node:net";
import { join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { createScenario, until } from "../helpers/scenario.ts";
import type { Scenario, ScenarioOptions } from "../helpers/scenario.ts";
import { rawAnswer } from "../helpers/raw-socket.ts";

async function served(options: ScenarioOptions = {}): Promise<Scenario> {
  const scenario = await createScenario(options);
  await scenario.start();
  return scenario;
}

async function raw(scenario: Scenario, ...parts: readonly (string | Buffer)[]): Promise<string> {
  return await rawAnswer(scenario.url, parts);
}

function sign(scenario: Scenario, body: Buffer | string): Record<string, string> {
  return {
    "content-type": "application/json",
    "x-fraisier-event": "push",
    "x-fraisier-signature": `sha256=${createHmac("sha256", scenario.secret).update(body).digest("hex")}`,
  };
}

describe("hostile and broken requests", () => {
  it("answers each with its status, records a reason, and lives", async () => {
    const scenario = await served();
    const post = async (path: string, body: string, headers: Record<string, string> = {}): Promise<number> =>
      (await fetch(`${scenario.url}${path}`, { method: "POST", body, headers })).status;
    expect(await post("/webhook/git", "{}", { "x-fraisier-event": "push" })).toBe(401);
    expect(await post("/webhook/git", "{}", { "x-fraisier-signature": "sha256=" })).toBe(401);
    expect(await post("/webhook/github", "{}", { "x-hub-signature-256": `sha256=${"0".repeat(64)}` })).toBe(404);
    expect(await post("/webhook/nobody", "{}")).toBe(404);
    expect(await post("/webhook/__proto__", "{}")).toBe(404);
    expect(await post("/webhook", "{}")).toBe(400);
    for (const body of [
      "null",
      "1",
      "[]",
      "{",
      '{"repository":1}',
      '{"repository":"a","ref":"refs/heads/x","after":"zz"}',
    ]) {
      expect(await post("/webhook/git", body, sign(scenario, body)), body).toBe(400);
    }
    expect(await post("/webhook/git", "a=b", { ...sign(scenario, "a=b"), "content-type": "text/plain" })).toBe(415);
    expect((await fetch(`${scenario.url}/webhook/git`)).status).toBe(405);
    expect((await fetch(`${scenario.url}/nothing/here`)).status).toBe(404);
    const deliveries = await scenario.store.deliveries.history({ limit: 50 });
    expect(deliveries).toHaveLength(13);
    expect(deliveries.every((each) => each.decision === "refused" && each.reason.length > 10)).toBe(true);
    expect(deliveries.every(({ remoteAddress }) => remoteAddress === "127.0.0.1")).toBe(true);
    expect((await fetch(`${scenario.url}/health`)).status).toBe(200);
  });

  it("refuses a body that is too large by what arrives, not by what is announced", async () => {
    const scenario = await served();
    const announced = await raw(
      scenario,
      "POST /webhook/git HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n",
    );
    expect(announced).toMatch(/^HTTP\/1.1 413/);
    const chunk = Buffer.concat([Buffer.from("80000\r\n"), Buffer.alloc(0x80000, 65), Buffer.from("\r\n")]);
    const chunked = await raw(
      scenario,
      "POST /webhook/git HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
      chunk,
      chunk,
      chunk,
    );
    expect(chunked).toMatch(/^HTTP\/1.1 413/);
    expect(await scenario.store.deliveries.history({ limit: 5 })).toHaveLength(2);
  });

  it("survives nonsense on the wire, and senders that go away half way", async () => {
    const scenario = await served();
    expect(await raw(scenario, "\u0000\u0001\u0002 nonsense\r\n\r\n")).toMatch(/^HTTP\/1.1 400/);
    expect(await raw(scenario, `GET /${"a".repeat(70_000)} HTTP/1.1\r\n\r\n`)).toMatch(/^HTTP\/1.1 (414|431|400)/);
    const socket = connect(Number(new URL(scenario.url).port), "127.0.0.1", () => {
      socket.write("POST /webhook/git HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf");
      setTimeout(() => socket.destroy(), 100);
    });
    socket.on("error", () => undefined);
    await until(
      "the half delivery to be recorded",
      async () => (await scenario.store.deliveries.history({ limit: 5 })).length === 1,
    );
    expect((await fetch(`${scenario.url}/health`)).status).toBe(200);
  });

  it("never shows a secret, in an answer, a row or a log", async () => {
    const scenario = await served({ forges: "gitlab: { secret_token: 0123456789abcdef0123 }" });
    await fetch(`${scenario.url}/webhook/gitlab`, {
      method: "POST",
      body: "{}",
      headers: { "x-gitlab-token": "token-of-somebody", authorization: "Bearer of-somebody" },
    });
    const [row] = await scenario.store.deliveries.history({ limit: 1 });
    expect(row?.decision).toBe("refused");
    const shown = [
      JSON.stringify(await scenario.store.deliveries.history({ limit: 9 })),
      (await scenario.fraisier("config", "show")).stdout,
      (await scenario.fraisier("webhooks")).stdout,
    ].join("\n");
    expect(shown).not.toContain(scenario.secret);
    expect(shown).not.toContain("of-somebody");
  });

  it("bounds the rows that strangers can cause", async () => {
    const scenario = await served();
    for (let i = 0; i < 60; i++) await fetch(`${scenario.url}/webhook/git`, { method: "POST", body: "{}" });
    expect(await scenario.store.deliveries.history({ limit: 100 })).toHaveLength(30);
  });

  it("accepts many deliveries at once, each exactly once, and explains itself on GET routes", async () => {
    const scenario = await served({ server: "public: [/providers, /_deploy/*]" });
    const revisions = Array.from({ length: 100 }, (_, index) => (index + 1).toString(16).padStart(40, "0"));
    const answers = await Promise.all(revisions.map((after) => scenario.deliver({ before: "0".repeat(40), after })));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    const rows = await scenario.store.deployments.history({ limit: 200 });
    expect(rows).toHaveLength(100);
    expect(new Set(rows.map(({ revision }) => revision)).size).toBe(100);
    expect(rows.filter(({ status }) => status === "superseded").length).toBeGreaterThan(90);
    const providers = (await (await fetch(`${scenario.url}/providers`)).json()) as {
      providers: { name: string; configured: boolean }[];
    };
    expect(providers.providers.filter(({ configured }) => configured).map(({ name }) => name)).toEqual(["git"]);
    const status = (await (await fetch(`${scenario.url}/_deploy/status`)).json()) as { targets: { target: string }[] };
    expect(status.targets.map(({ target }) => target)).toEqual(["shop/production"]);
    expect((await fetch(`${scenario.url}/_deploy/health`)).status).toBe(200);
  });

  it("recognises the forge by its headers, and waits while another process has the store locked", async () => {
    const scenario = await served();
    const body = JSON.stringify({
      repository: "acme/shop",
      ref: "refs/heads/main",
      before: "0".repeat(40),
      after: "1".repeat(40),
    });
    const lock = new Database(join(scenario.folder, "fraisier.db"));
    lock.exec("begin immediate");
    const posted = fetch(`${scenario.url}/webhook`, { method: "POST", body, headers: sign(scenario, body) });
    // The event loop is free meanwhile: what needs no write is answered.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect((await fetch(`${scenario.url}/health`)).status).toBe(200);
    lock.exec("rollback");
    lock.close();
    expect((await posted).status).toBe(200);
    expect(await scenario.store.deployments.history({ limit: 5 })).toHaveLength(1);
  });

  it("stops on SIGTERM with exit code 0, and says which port is in use", async () => {
    const scenario = await served();
    const second = await scenario.fraisier("serve");
    expect(second.exitCode).toBe(3);
    expect(second.stderr).toMatch(/port \d+ on 127.0.0.1 is in use\nhint: /);
    expect(await scenario.stop("SIGTERM")).toBe(0);
  });
});
