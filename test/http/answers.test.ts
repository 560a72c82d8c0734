import { createHmac } from "node:crypto";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { LOADED } from "../helpers/loaded.ts";
import { createScenario } from "../helpers/scenario.ts";
import type { Scenario, ScenarioOptions } from "../helpers/scenario.ts";

const PUSH = {
  repository: "acme/shop",
  ref: "refs/heads/main",
  before: "0".repeat(40),
  after: "1".repeat(40),
  message: "m",
  pusher: "ann",
};

interface Answer {
  readonly status: number;
  readonly error?: string;
  readonly hint?: string;
  readonly decisions?: readonly { readonly decision: string; readonly reason: string }[];
}

async function served(options: ScenarioOptions = {}): Promise<Scenario> {
  const scenario = await createScenario(options);
  await scenario.start();
  // Deployments are none of these tests' business.
  await scenario.fraisier("lock", "shop", "production", "--reason", "only answers are looked at");
  return scenario;
}

async function post(
  { url, secret }: Scenario,
  path: string,
  body: string | Uint8Array,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(`${url}${path}`, {
    method: "POST",
    body: typeof body === "string" ? body : Uint8Array.from(body),
    headers: {
      "content-type": "application/json",
      "x-fraisier-event": "push",
      "x-fraisier-signature": `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`,
      ...headers,
    },
  });
  return { status: response.status, ...((await response.json()) as Omit<Answer, "status">) };
}

describe("the webhook URL", () => {
  it("may end in a slash", async () => {
    const scenario = await served();
    expect(await post(scenario, "/webhook/git/", JSON.stringify(PUSH))).toMatchObject({
      status: 200,
      decisions: [{ decision: "queued" }],
    });
    expect(await post(scenario, "/webhook/", JSON.stringify({ ...PUSH, after: "2".repeat(40) }))).toMatchObject({
      status: 200,
    });
  });

  it("may name the product instead of the forge that fraisier takes it for", async () => {
    const scenario = await served({ forges: "gitea: { webhook_secret: 0123456789abcdef0123 }" });
    for (const product of ["forgejo", "gogs"]) {
      const answer = await post(scenario, `/webhook/${product}`, "{}", { "x-fraisier-event": "" });
      expect(answer).toMatchObject({ status: 400, hint: "Set the URL of the webhook to /webhook/git." });
    }
    const { url } = scenario;
    for (const product of ["forgejo", "gogs", "gitea"]) {
      const response = await fetch(`${url}/webhook/${product}`, {
        method: "POST",
        body: "{}",
        headers: { "x-gogs-event": "push" },
      });
      expect([product, response.status]).toEqual([product, 401]);
    }
  });

  it("is named together with the right one if it is another forge's, signed or not", async () => {
    const scenario = await served();
    expect(await post(scenario, "/webhook/github", JSON.stringify(PUSH))).toEqual({
      status: 400,
      error: "the headers are those of a bare git repository, but the URL is that of GitHub",
      hint: "Set the URL of the webhook to /webhook/git.",
    });
    const [row] = await scenario.store.deliveries.history({ limit: 1 });
    expect(row).toMatchObject({ forge: "git", decision: "refused", httpStatus: 400, eventName: "push" });
  });

  it("is refused with a hint and recorded if it does not exist; so is a forge that sends GET", async () => {
    const scenario = await served();
    expect(await post(scenario, "/webhook/git/shop", "{}")).toMatchObject({
      status: 404,
      error: "no webhook is delivered to /webhook/git/shop",
      hint: expect.stringContaining("/webhook/<forge>"),
    });
    const get = await fetch(`${scenario.url}/webhook/gitea`, { headers: { "x-gitea-event": "push" } });
    expect(get.status).toBe(405);
    expect(get.headers.get("allow")).toBe("POST");
    expect(await get.json()).toEqual({
      error: "a webhook is delivered with POST, not with GET",
      hint: expect.stringContaining("set the webhook's method to POST"),
    });
    const rows = await scenario.store.deliveries.history({ limit: 5 });
    expect(rows.map(({ httpStatus, forge }) => [httpStatus, forge])).toEqual([
      [405, "gitea"],
      [404, "git"],
    ]);
  });
});

describe("a mistake of a sender", () => {
  it.each([
    [
      "a body that is compressed",
      gzipSync("{}"),
      { "content-encoding": "gzip" },
      415,
      /compressed \(Content-Encoding: gzip\)/,
    ],
    ["no JSON", "{", {}, 400, /not JSON/],
    ["JSON without a repository", "{}", {}, 400, /no text in repository/],
    ["another content type", "{}", { "content-type": "text/xml" }, 415, /content type is text\/xml/],
    ["more than the forge ever sends", "x".repeat(1_100_000), {}, 413, /larger than/],
  ])("%s: is told with a hint", async (_, body, headers, status, error) => {
    const scenario = await served();
    const answer = await post(scenario, "/webhook/git", body, { ...headers });
    expect(answer).toMatchObject({ status, error: expect.stringMatching(error) });
    expect(answer.hint?.length).toBeGreaterThan(20);
  });

  it("a signed request without the event's header is no green 200", async () => {
    const scenario = await served();
    const body = JSON.stringify(PUSH);
    const response = await fetch(`${scenario.url}/webhook/git`, {
      method: "POST",
      body,
      headers: { "x-fraisier-signature": `sha256=${createHmac("sha256", scenario.secret).update(body).digest("hex")}` },
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: "no header names the event (X-Fraisier-Event)" });
  });
});

describe("a store that is locked", () => {
  it("is told within four seconds with 503 and when to come again, and what was told so is not deployed later", async () => {
    const scenario = await served();
    const lock = new Database(join(scenario.folder, "fraisier.db"));
    lock.exec("begin immediate");
    const started = performance.now();
    const response = await scenario.deliver({ before: PUSH.before, after: PUSH.after });
    expect(performance.now() - started).toBeLessThan(LOADED * 4_000);
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("2");
    expect(await response.json()).toMatchObject({ hint: expect.stringContaining("Send it again") });
    lock.exec("rollback");
    lock.close();
    await scenario.deliver({ before: PUSH.before, after: "2".repeat(40) });
    expect((await scenario.store.deployments.history({ limit: 5 })).map(({ revision }) => revision)).toEqual([
      "2".repeat(40),
    ]);
  });
});

describe("a refused delivery", () => {
  it("has event, id and what it claims in its row, a line in the daemon's log, and a place in the metrics", async () => {
    const scenario = await served({ server: "public: [/metrics]" });
    const before = await (await fetch(`${scenario.url}/metrics`)).text();
    expect(before).not.toContain("fraisier_deliveries_total{");
    await post(scenario, "/webhook/git", JSON.stringify(PUSH), {
      "x-fraisier-delivery": "delivery-of-a-stranger",
      "x-fraisier-signature": `sha256=${"0".repeat(64)}`,
    });
    const [row] = await scenario.store.deliveries.history({ limit: 1 });
    expect(row).toMatchObject({
      forge: "git",
      eventName: "push",
      deliveryId: "delivery-of-a-stranger",
      repository: "",
      claimedRepository: "acme/shop",
      verified: false,
      decision: "refused",
      reason: "the signature does not match the secret",
    });
    expect(scenario.daemonLog()).toMatch(
      /"claimedRepository":"acme\/shop".*"status":401.*"reason":"the signature does not match the secret".*"msg":"refused a delivery"/,
    );
    expect((await scenario.fraisier("webhooks")).stdout).toContain("acme/shop (claimed)");
    const told = await scenario.fraisier("why", "delivery-of-a-stranger");
    expect(told.stdout).toMatch(/The event "push", which claims to be for acme\/shop, came from git/);
    await expect
      .poll(async () => await (await fetch(`${scenario.url}/metrics`)).text(), { interval: 500 })
      .toContain('fraisier_deliveries_total{forge="git",status="401"} 1\n');
  });

  it("leaves the row of an authentic one to say which of the secrets proved it", async () => {
    const scenario = await served();
    await scenario.deliver({ before: PUSH.before, after: PUSH.after });
    const [row] = await scenario.store.deliveries.history({ limit: 1 });
    expect(row).toMatchObject({ verified: true, proof: { kind: "signature", secret: 1 }, claimedRepository: "" });
    expect((await scenario.fraisier("why", row?.id ?? "")).stdout).toContain(
      "Its signature was verified with secret 1 of git.git, and it was answered 200.",
    );
  });
});
