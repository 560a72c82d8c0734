import { createHmac, randomUUID } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createScenario } from "../helpers/scenario.ts";
import type { Scenario } from "../helpers/scenario.ts";
import { fromGitHub, fromGitea, postWebhook, pushBody } from "../helpers/signed-webhook.ts";
import { reportAttacks } from "./attack-report.ts";

const NEW = "the-new-secret-of-github-0123456789";
const OLD = "the-old-secret-of-github-0123456789";
const BANK = "the-secret-of-the-bank-0123456789";
const GITEA = "the-secret-of-gitea-0123456789";
const INTERNAL = "the-secret-of-gitea-inside-0123456789";
const BITBUCKET = "the-secret-of-bitbucket-0123456789";
const TOKEN = "the-plain-token-of-gitlab-0123456789";
const SIGNING = "whsec_dGVzdHRlc3R0ZXN0dGVzdHRlc3R0ZXN0dGVzdHRlc3Q=";
const NONE = "0".repeat(40);

type Headers = Record<string, string>;

interface Attempt {
  readonly what: string;
  readonly path: string;
  readonly body: string;
  readonly headers: Headers;
  /** The status, and the decision if it is taken for authentic. */
  readonly expected: readonly [status: number, decision?: string];
}

const hmac = (kind: "sha1" | "sha256", body: string, secret: string): string =>
  createHmac(kind, secret).update(body).digest("hex");

function fraise(name: string, provider: string, more = ""): string {
  return `${name}:
  type: api
  repository: acme/${name}
  clone_url: $FOLDER/shop.git
  git: { provider: ${provider} }
${more}  environments:
    production: { branch: main, app_path: $FOLDER/srv/${name} }
`;
}

async function served(): Promise<Scenario> {
  const scenario = await createScenario({
    forges: `github: { webhook_secret: [${NEW}, ${OLD}] }
gitlab: { secret_token: ${TOKEN}, signing_token: ${SIGNING} }
bitbucket: { webhook_secret: ${BITBUCKET} }
gitea: { webhook_secret: ${GITEA} }
gitea-internal: { provider: gitea, webhook_secret: ${INTERNAL} }`,
    fraises: [
      fraise("web", "github"),
      fraise("bank", "github", `  webhook_secret: ${BANK}\n`),
      fraise("lab", "gitlab"),
      fraise("tea", "gitea"),
      fraise("intranet", "gitea-internal"),
    ].join(""),
  });
  await scenario.start();
  // These attempts are about answers: nothing is deployed.
  await scenario.fraisier("lock", "--all", "--reason", "only answers are looked at");
  return scenario;
}

/** Sends one after the other, as the answer to some depends on those before. Gives what came otherwise than expected. */
async function tryAll({ url }: Scenario, attempts: readonly Attempt[]): Promise<readonly string[]> {
  const wrong: string[] = [];
  let accepted = 0;
  for (const { what, path, body, headers, expected } of attempts) {
    const { status, decisions } = await postWebhook(`${url}/webhook/${path}`, body, headers);
    const came = status === 200 ? [status, decisions?.[0]?.decision] : [status];
    if (came.join() === expected.join()) continue;
    wrong.push(`${what}: ${came.join(" ")} instead of ${expected.join(" ")}`);
    if (expected[0] !== 200 && status === 200) accepted += 1;
  }
  reportAttacks({ tried: attempts.length, wronglyAccepted: accepted, crashes: 0, secretsFound: 0 });
  return wrong;
}

function ofGitHub(): readonly Attempt[] {
  const body = pushBody("acme/web", "1");
  const captured = fromGitHub(body, NEW);
  const newer = pushBody("acme/web", "2").replace(NONE, "1".repeat(40));
  const of = (what: string, headers: Headers, ...expected: Attempt["expected"]): Attempt => ({
    what,
    path: "github",
    body,
    headers,
    expected,
  });
  const { "x-hub-signature-256": right = "", ...unsigned } = captured;
  const wrong = `sha256=${"0".repeat(64)}`;
  const sha1 = `sha1=${hmac("sha1", body, NEW)}`;
  const again = (): Headers => ({ ...captured, "x-github-delivery": randomUUID() });
  const bank = pushBody("acme/bank", "1");
  return [
    of("a delivery", captured, 200, "queued"),
    of("the same again", captured, 200, "redelivery"),
    of("the same under another id", again(), 200, "redelivery"),
    of("the same with the marker of the doctor", { ...captured, "x-fraisier-doctor": "1" }, 200, "redelivery"),
    of("the same, called a ping", { ...captured, "x-github-event": "ping" }, 200, "ignored"),
    of("the same, called a form", { ...captured, "content-type": "application/x-www-form-urlencoded" }, 400),
    { ...of("another commit under the same signature", captured, 401), body: body.replaceAll("1", "3") },
    { ...of("the same, called forced", captured, 401), body: body.replace("{", '{"forced":true,') },
    { ...of("a newer push", fromGitHub(newer, NEW), 200, "queued"), body: newer },
    of("the older one, late", captured, 200, "redelivery"),
    // Only git knows which of two pushes is the older one: the runner gives the place back to the newer one.
    of("the older one, late, under another id", again(), 200, "queued"),
    of("only SHA-1, however right", { ...unsigned, "x-hub-signature": sha1 }, 401),
    of("SHA-1 in the header of SHA-256", { ...unsigned, "x-hub-signature-256": sha1 }, 401),
    of(
      "a wrong SHA-256 beside a right SHA-1",
      { ...unsigned, "x-hub-signature": sha1, "x-hub-signature-256": wrong },
      401,
    ),
    of(
      "a right SHA-256 beside a wrong SHA-1",
      { ...again(), "x-hub-signature": `sha1=${"0".repeat(40)}` },
      200,
      "redelivery",
    ),
    of("no signature", unsigned, 401),
    of("the secret that is being replaced", { ...again(), ...signedBy(body, OLD) }, 200, "redelivery"),
    of("the secret of one repository for another", { ...again(), ...signedBy(body, BANK) }, 401),
    { ...of("the secret of the forge for a repository with its own", fromGitHub(bank, NEW), 401), body: bank },
    ...["gitea", "gitea-internal", "gitlab", "bitbucket", "git"].map((path) => ({
      ...of(`the same at the URL of ${path}`, captured, 400),
      path,
    })),
    ...["gitea", "gitea-internal"].map((path) => ({
      ...of(
        `the same at the URL of ${path}, in its headers`,
        {
          "x-gitea-event": "push",
          "x-gitea-delivery": randomUUID(),
          "x-gitea-signature": right.replace("sha256=", ""),
          "x-hub-signature-256": right,
        },
        401,
      ),
      path,
    })),
  ];
}

function signedBy(body: string, secret: string): Headers {
  return { "x-hub-signature-256": `sha256=${hmac("sha256", body, secret)}` };
}

function ofGitea(): readonly Attempt[] {
  const body = pushBody("acme/tea", "1");
  const captured = fromGitea(body, GITEA);
  const of = (what: string, headers: Headers, ...expected: Attempt["expected"]): Attempt => ({
    what: `Gitea: ${what}`,
    path: "gitea",
    body,
    headers,
    expected,
  });
  const right = captured["x-gitea-signature"] ?? "";
  const wrong = "0".repeat(64);
  return [
    of("a delivery", captured, 200, "queued"),
    of("the same bytes under another id", fromGitea(body, GITEA), 200, "redelivery"),
    of("the secret of another instance", fromGitea(body, INTERNAL), 401),
    { ...of("the same at another instance", captured, 401), path: "gitea-internal" },
    of(
      "a wrong signature beside the right one of GitHub's header",
      {
        ...captured,
        "x-gitea-signature": wrong,
        "x-hub-signature-256": `sha256=${right}`,
      },
      401,
    ),
    of(
      "a wrong signature beside the right one of Gogs' header",
      { ...captured, "x-gitea-signature": wrong, "x-gogs-signature": right },
      401,
    ),
    of("a wrong signature of Forgejo beside the right one", { ...captured, "x-forgejo-signature": wrong }, 401),
  ];
}

function ofGitLab(): readonly Attempt[] {
  const body = JSON.stringify({
    object_kind: "push",
    ref: "refs/heads/main",
    before: NONE,
    after: "1".repeat(40),
    project: { path_with_namespace: "acme/lab" },
    commits: [],
  });
  const seconds = Math.floor(Date.now() / 1_000);
  const standard = (time: number, id = "msg_1", of = body): Headers => ({
    "x-gitlab-event": "Push Hook",
    "content-type": "application/json",
    "webhook-id": id,
    "webhook-timestamp": String(time),
    "webhook-signature": `v1,${createHmac("sha256", Buffer.from(SIGNING.slice(6), "base64"))
      .update(`${id}.${time}.${of}`)
      .digest("base64")}`,
  });
  const of = (what: string, headers: Headers, ...expected: Attempt["expected"]): Attempt => ({
    what: `GitLab: ${what}`,
    path: "gitlab",
    body,
    headers,
    expected,
  });
  const captured = standard(seconds);
  const { "webhook-signature": signature = "", ...unsigned } = captured;
  return [
    of("a delivery", captured, 200, "queued"),
    of("the same again", captured, 200, "redelivery"),
    of("the same, six minutes old", standard(seconds - 360, "msg_2"), 401),
    of("the same, of six minutes from now", standard(seconds + 360, "msg_3"), 401),
    of("the time made newer", { ...standard(seconds - 360, "msg_4"), "webhook-timestamp": String(seconds) }, 401),
    of("another id", { ...captured, "webhook-id": "msg_5" }, 401),
    of("no time", { ...captured, "webhook-timestamp": "" }, 401),
    of("a signature of another version", { ...captured, "webhook-signature": signature.replace("v1,", "v2,") }, 401),
    of("the plain token instead of a signature", { ...unsigned, "x-gitlab-token": TOKEN }, 401),
    of(
      "the plain token beside a wrong signature",
      { ...captured, "webhook-signature": "v1,AAAA", "x-gitlab-token": TOKEN },
      401,
    ),
    { ...of("another body", captured, 401), body: body.replaceAll("1", "2") },
  ];
}

function ofBitbucket(): readonly Attempt[] {
  const ping: Headers = { "x-event-key": "diagnostics:ping", "content-type": "application/json" };
  const of = (what: string, body: string, ...expected: Attempt["expected"]): Attempt => ({
    what: `Bitbucket: ${what}`,
    path: "bitbucket",
    body,
    headers: ping,
    expected,
  });
  return [
    of("its test connection, which it does not sign", '{"test":true}', 200, "ignored"),
    of("more under the name of the test connection", '{"test":true,"push":{"changes":[]}}', 401),
    { ...of("a push without a signature", '{"push":{}}', 401), headers: { ...ping, "x-event-key": "repo:push" } },
  ];
}

describe("a delivery that somebody recorded", () => {
  it("deploys nothing when it is sent again: later, elsewhere, in other headers, by a weaker proof, or by another secret", async () => {
    const scenario = await served();
    // Bitbucket first: what it does not sign counts like a refused request, of which an address may cause a few in a minute.
    const attempts = [...ofBitbucket(), ...ofGitHub(), ...ofGitea(), ...ofGitLab()];
    expect(await tryAll(scenario, attempts)).toEqual([]);
    const deployed = await scenario.store.deployments.history({ limit: 50 });
    expect(deployed.map(({ fraise: name, revision }) => `${name} ${revision[0]}`).toSorted()).toEqual([
      "lab 1",
      "tea 1",
      "web 1",
      "web 1",
      "web 2",
    ]);

    const file = join(scenario.folder, "fraises.yaml");
    writeFileSync(file, readFileSync(file, "utf8").replace(`[${NEW}, ${OLD}]`, NEW));
    expect((await scenario.fraisier("reload", "--wait")).exitCode).toBe(0);
    const body = pushBody("acme/web", "4");
    const rotated = { path: "github", body };
    expect(
      await tryAll(scenario, [
        { ...rotated, what: "the secret that was replaced", headers: fromGitHub(body, OLD), expected: [401] },
        { ...rotated, what: "the one in force", headers: fromGitHub(body, NEW), expected: [200, "queued"] },
      ]),
    ).toEqual([]);
  });

  it("takes no older commit or tag live once a newer one runs, under whatever id", async () => {
    const scenario = await createScenario();
    await scenario.start();
    rmSync(join(scenario.bare, "hooks/post-receive"));
    const first = await scenario.commit("1");
    await scenario.git("tag", "v1");
    const second = await scenario.commit("2");
    await scenario.git("tag", "v2");
    await scenario.git("push", "--quiet", "origin", "main", "v1", "v2");
    const branch = { before: NONE, after: first };
    const tag = { ref: "refs/tags/v1", before: NONE, after: first };
    const send = async (body: Record<string, unknown>): Promise<void> => {
      const seen = (await scenario.store.deployments.history({ limit: 50 })).length;
      const answer = (await (await scenario.deliver(body)).json()) as { decisions: { decision: string }[] };
      if (answer.decisions[0]?.decision !== "queued") return;
      await expect
        .poll(async () => {
          const rows = await scenario.store.deployments.history({ limit: 50 });
          return rows.length > seen && rows.every(({ finishedAt }) => finishedAt !== undefined);
        })
        .toBe(true);
    };
    await scenario.fraisier("lock", "shop", "production", "--reason", "both wait, the older one last");
    await scenario.deliver({ before: first, after: second });
    await scenario.deliver(branch);
    await scenario.fraisier("unlock", "shop", "production");
    await scenario.settled(second, "succeeded");
    await send({ ref: "refs/tags/v2", before: NONE, after: second });
    expect(await scenario.answer()).toBe("version 2");
    const late = [branch, tag, branch, tag, { ...branch, forced: true }, { ...tag, forced: true }];
    for (const body of late) await send(body);
    const rows = await scenario.store.deployments.history({ limit: 50 });
    const live = rows.filter(({ revision, status }) => revision === first && status === "succeeded");
    reportAttacks({ tried: late.length, wronglyAccepted: live.length, crashes: 0, secretsFound: 0 });
    expect(rows.filter(({ revision }) => revision === first).map(({ status }) => status)).not.toContain("succeeded");
    expect(await scenario.answer()).toBe("version 2");
  });
});
