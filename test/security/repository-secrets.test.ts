import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { createScenario } from "../helpers/scenario.ts";
import type { Scenario } from "../helpers/scenario.ts";
import { fromGitHub, fromGitea, postWebhook, pushBody } from "../helpers/signed-webhook.ts";
import type { WebhookAnswer } from "../helpers/signed-webhook.ts";
import { reportAttacks } from "./attack-report.ts";

const SHARED = "the-secret-of-the-forge-0123456789";
const OWN = "the-secret-of-the-bank-0123456789";
const OTHER = "the-secret-of-the-blog-0123456789";

function fraise(name: string, repository: string, provider: string, more = ""): string {
  return `${name}:
  type: api
  repository: ${repository}
  clone_url: $FOLDER/shop.git
  git: { provider: ${provider} }
${more}  environments:
    production: { branch: main, app_path: $FOLDER/srv/${name} }
`;
}

/** A forge whose repositories are a shop without a secret of its own, and a bank and a blog that have theirs. */
async function served(): Promise<Scenario> {
  const scenario = await createScenario({
    forges: `github: { webhook_secret: ${SHARED} }`,
    fraises: [
      fraise("web", "acme/web", "github"),
      fraise("bank", "acme/bank", "github", `  webhook_secret: ${OWN}\n`),
      fraise("blog", "acme/blog", "github", `  webhook_secret: [${OTHER}, ${OTHER}-old]\n`),
    ].join(""),
  });
  await scenario.start();
  // These tests are about answers: nothing is deployed.
  await scenario.fraisier("lock", "--all", "--reason", "only answers are looked at");
  return scenario;
}

async function push(
  { url }: Scenario,
  repository: string,
  secret: string,
  digit = "1",
  path = "/webhook/github",
): Promise<WebhookAnswer> {
  const body = pushBody(repository, digit);
  return await postWebhook(`${url}${path}`, body, fromGitHub(body, secret));
}

describe("a repository with a secret of its own", () => {
  it("is deployed by that secret alone; whoever knows it can deploy no other", async () => {
    const scenario = await served();
    expect(await push(scenario, "acme/bank", OWN)).toMatchObject({
      status: 200,
      decisions: [{ target: "bank/production", decision: "queued" }],
    });
    expect(await push(scenario, "acme/blog", `${OTHER}-old`)).toMatchObject({ status: 200 });
    expect(await push(scenario, "acme/web", SHARED)).toMatchObject({ status: 200 });
    const refused = [
      ["acme/web", OWN],
      ["acme/blog", OWN],
      ["acme/bank", OTHER],
      // The forge's secret is no way around, in whatever letters the repository is written.
      ["acme/bank", SHARED],
      ["ACME/Bank", SHARED],
      ["acme/BANK", OTHER],
      ["acme/unknown", OWN],
    ] as const;
    const answers: unknown[] = [];
    for (const [repository, secret] of refused) {
      for (const path of ["/webhook/github", "/webhook"]) {
        const { status, decisions, error } = await push(scenario, repository, secret, "2", path);
        const isRefused = status === 401 && decisions === undefined;
        if (!isRefused || error !== "the secret that signed this is not the secret of its repository")
          answers.push([repository, secret, status, decisions, error]);
      }
    }
    reportAttacks({
      tried: 2 * refused.length,
      wronglyAccepted: answers.length,
      crashes: 0,
      secretsFound: 0,
    });
    expect(answers).toEqual([]);
    const deployed = await scenario.store.deployments.history({ limit: 50 });
    expect(deployed.map(({ fraise: name, revision }) => `${name} ${revision[0]}`).toSorted()).toEqual([
      "bank 1",
      "blog 1",
      "web 1",
    ]);
    const [last] = await scenario.store.deliveries.history({ limit: 1 });
    expect(last).toMatchObject({
      verified: false,
      repository: "",
      claimedRepository: "acme/unknown",
      decision: "refused",
    });
  });

  it("says in its record whose secret it was, and keeps it out of what is shown and kept", async () => {
    const scenario = await served();
    await push(scenario, "acme/blog", `${OTHER}-old`);
    const [row] = await scenario.store.deliveries.history({ limit: 1 });
    expect((await scenario.fraisier("why", row?.id ?? "")).stdout).toContain(
      "Its signature was verified with secret 2 of fraises.blog.webhook_secret",
    );
    const shown = await Promise.all([
      scenario.fraisier("config", "show"),
      scenario.fraisier("status", "--json"),
      scenario.fraisier("providers", "github"),
    ]);
    for (const secret of [SHARED, OWN, OTHER]) expect(JSON.stringify(shown)).not.toContain(secret);
    await scenario.fraisier("unlock", "--all");
    const revision = await scenario.commit("1");
    await scenario.push();
    await scenario.settled(revision);
    // What a deployment keeps of fraises.yaml has no secret of a webhook.
    const store = new Database(join(scenario.folder, "fraisier.db"), { readonly: true });
    const kept = store.prepare("select text from tb_settings").pluck().all().join("\n");
    store.close();
    expect(kept).toContain("acme/bank");
    for (const secret of [SHARED, OWN, OTHER]) expect(kept).not.toContain(secret);
  });

  it("is answered with 503 if its variable is missing, and the others go on", async () => {
    const scenario = await served();
    const file = join(scenario.folder, "fraises.yaml");
    writeFileSync(file, readFileSync(file, "utf8").replace(`webhook_secret: ${OWN}`, 'webhook_secret: "${NOT_THERE}"'));
    expect((await scenario.fraisier("reload", "--wait")).exitCode).toBe(0);
    expect((await push(scenario, "acme/bank", OWN)).status).toBe(503);
    expect((await push(scenario, "acme/web", "a wrong secret")).status).toBe(401);
    expect((await push(scenario, "acme/web", SHARED)).status).toBe(200);
    expect((await push(scenario, "acme/bank", SHARED)).status).toBe(401);
    expect((await scenario.fraisier("status")).stdout).toMatch(
      /Deliveries of github for acme\/bank are answered with 503/,
    );
  });

  it("needs no secret of its forge, which then speaks for no other repository", async () => {
    const scenario = await createScenario({
      fraises: fraise("bank", "acme/bank", "github", `  webhook_secret: ${OWN}\n`),
    });
    await scenario.start();
    await scenario.fraisier("lock", "--all", "--reason", "only answers are looked at");
    expect((await push(scenario, "acme/bank", OWN)).status).toBe(200);
    expect((await push(scenario, "acme/web", OWN)).status).toBe(401);
    expect((await push(scenario, "acme/web", "")).status).toBe(401);
    expect((await scenario.fraisier("status")).stdout).not.toContain("names no secret");
  });
});

describe("several instances of one forge", () => {
  const INTERNAL = "the-secret-inside-0123456789";
  const OUTSIDE = "the-secret-outside-0123456789";

  async function two(): Promise<Scenario> {
    const scenario = await createScenario({
      forges: `gitea: { webhook_secret: ${OUTSIDE}, base_url: https://git.example.com }
gitea-internal: { provider: gitea, webhook_secret: ${INTERNAL}, base_url: https://git.internal.example.com }`,
      fraises: fraise("web", "acme/web", "gitea") + fraise("intranet", "acme/web", "gitea-internal"),
    });
    await scenario.start();
    await scenario.fraisier("lock", "--all", "--reason", "only answers are looked at");
    return scenario;
  }

  it("have their own URL, secret, targets and ids of deliveries", async () => {
    const { url, store } = await two();
    const body = pushBody("acme/web", "1");
    const send = async (path: string, secret: string) =>
      await postWebhook(`${url}${path}`, body, fromGitea(body, secret, "one-id-for-both"));
    expect(await send("/webhook/gitea", OUTSIDE)).toMatchObject({
      status: 200,
      decisions: [{ target: "web/production", decision: "queued" }],
    });
    // The same id and the same bytes at another instance are another delivery.
    expect(await send("/webhook/gitea-internal", INTERNAL)).toMatchObject({
      status: 200,
      decisions: [{ target: "intranet/production", decision: "queued" }],
    });
    expect((await send("/webhook/gitea", INTERNAL)).status).toBe(401);
    expect((await send("/webhook/gitea-internal", OUTSIDE)).status).toBe(401);
    expect((await send("/webhook/forgejo", OUTSIDE)).decisions).toMatchObject([{ decision: "redelivery" }]);
    expect(await send("/webhook", OUTSIDE)).toMatchObject({
      status: 400,
      hint: expect.stringContaining("gitea, gitea-internal"),
    });
    const rows = await store.deliveries.history({ limit: 2, decision: "queued" });
    expect(rows.map(({ forge }) => forge)).toEqual(["gitea-internal", "gitea"]);
  });

  it("are each shown, tried by the doctor, and known to init and replay", async () => {
    const scenario = await two();
    const { stdout } = await scenario.fraisier("providers", "--json");
    const { providers } = JSON.parse(stdout) as {
      providers: { name: string; configured: boolean; webhook_url: string }[];
    };
    expect(providers.filter(({ configured }) => configured).map(({ name }) => name)).toEqual([
      "git",
      "gitea",
      "gitea-internal",
    ]);
    expect(providers.map(({ webhook_url: url }) => url)).toContain(`${scenario.url}/webhook/gitea-internal`);
    const one = await scenario.fraisier("providers", "gitea-internal");
    expect(one.stdout).toContain(`${scenario.url}/webhook/gitea-internal`);
    expect(one.stdout).not.toContain("is not in fraises.yaml yet");
    const doctor = await scenario.fraisier("doctor", "--json");
    expect(doctor.stdout).toMatch(/"webhook gitea-internal"/);
    expect(doctor.stdout).toContain(`a signed ping to ${scenario.url}/webhook/gitea-internal is accepted`);
    const body = pushBody("acme/web", "3");
    await postWebhook(`${scenario.url}/webhook/gitea-internal`, body, fromGitea(body, INTERNAL));
    expect((await scenario.fraisier("webhooks", "replay", "last")).stdout).toMatch(/^intranet\/production: redelivery/);
    const target = ["--forge", "gitea-internal", "--repository", "acme/wiki", "--branch", "main"];
    const place = ["--app-path", join(scenario.folder, "srv/wiki")];
    const init = await scenario.fraisier("init", "wiki", "production", ...target, ...place, "--dry-run", "--json");
    expect(JSON.parse(init.stdout)).toMatchObject({
      diff: expect.stringMatching(/provider: gitea-internal/),
      written: false,
    });
    expect(existsSync(join(scenario.folder, "webhook-secrets"))).toBe(false);
  });
});

describe("allow_from", () => {
  it("refuses other addresses before their bodies are read; behind a trusted proxy the forwarded address counts", async () => {
    const scenario = await createScenario({
      forges: `github: { webhook_secret: ${SHARED}, allow_from: [192.0.2.0/24, "2001:db8::/32"] }`,
      server: "trusted_proxies: [127.0.0.1]",
      fraises: fraise("web", "acme/web", "github"),
    });
    await scenario.start();
    await scenario.fraisier("lock", "--all", "--reason", "only answers are looked at");
    const body = pushBody("acme/web", "1");
    const from = async (address: string) =>
      await postWebhook(`${scenario.url}/webhook/github`, body, {
        ...fromGitHub(body, SHARED),
        "x-forwarded-for": address,
      });
    expect((await from("192.0.2.77")).status).toBe(200);
    expect((await from("2001:db8::7")).status).toBe(200);
    for (const other of ["198.51.100.7", "192.0.2.77, 198.51.100.7", "2001:db9::1", "nonsense"])
      expect(await from(other)).toMatchObject({ status: 403, hint: expect.stringContaining("git.github.allow_from") });
    const [row] = await scenario.store.deliveries.history({ limit: 1 });
    expect(row).toMatchObject({ httpStatus: 403, decision: "refused", eventName: "push", claimedRepository: "" });
    // Another forge of the same daemon has its own list, or none.
    expect((await scenario.deliver({ before: "0".repeat(40), after: "1".repeat(40) })).status).toBe(200);
  });
});
