import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { forges } from "../../src/forges/index.ts";
import type { Delivery } from "../../src/domain/event.ts";
import type { ForgeSecrets } from "../../src/forges/forge.ts";

const NOW = new Date(1_614_265_330_000);

async function verify(
  forge: string,
  headers: Delivery["headers"],
  body: string,
  secrets: Partial<ForgeSecrets>,
  now = NOW,
): Promise<string> {
  const member = forges.find(({ name }) => name === forge);
  const verification = await member?.verify(
    { headers, body: Buffer.from(body) },
    { secrets: [], signingTokens: [], ...secrets },
    now,
  );
  return verification?.authentic === true ? "authentic" : (verification?.reason ?? "no such forge");
}

describe("published signature vectors", () => {
  // https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries
  it("GitHub's", async () => {
    const headers = {
      "x-hub-signature-256": "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
    };
    expect(await verify("github", headers, "Hello, World!", { secrets: ["It's a Secret to Everybody"] })).toBe(
      "authentic",
    );
  });

  // https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/
  it("Atlassian's", async () => {
    const headers = { "x-hub-signature": "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9" };
    expect(await verify("bitbucket", headers, "Hello World!", { secrets: ["It's a Secret to Everybody"] })).toBe(
      "authentic",
    );
  });
});

describe("GitLab's signing token (Standard Webhooks)", () => {
  // The reference library's own test vector: github.com/standard-webhooks/standard-webhooks
  const signingTokens = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"];
  const good = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
  const body = '{"test": 2432232314}';
  const headers = {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": good,
  };

  it("accepts the reference vector, alone or among others", async () => {
    expect(await verify("gitlab", headers, body, { signingTokens })).toBe("authentic");
    const several = `v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= v2,abc ${good} v1,abc`;
    expect(await verify("gitlab", { ...headers, "webhook-signature": several }, body, { signingTokens })).toBe(
      "authentic",
    );
  });

  it("accepts a GitLab-shaped one with a token of 32 bytes", async () => {
    const shaped = {
      "webhook-id": "f5e5f430-f57b-4e6e-9fac-d9128cd7232f",
      "webhook-timestamp": "1700000000",
      "webhook-signature": "v1,68n7sQVzNQF7jew9KS2HTT9NVpOYy2A5oNqzWGa8QlM=",
    };
    const token = "whsec_dGVzdHRlc3R0ZXN0dGVzdHRlc3R0ZXN0dGVzdHRlc3Q=";
    const now = new Date(1_700_000_100_000);
    expect(await verify("gitlab", shaped, '{"object_kind":"push"}', { signingTokens: [token] }, now)).toBe("authentic");
  });

  it("refuses a time more than five minutes off, either way, and one that is no number", async () => {
    for (const seconds of [-301, 301]) {
      expect(
        await verify("gitlab", headers, body, { signingTokens }, new Date(NOW.getTime() + seconds * 1000)),
      ).toMatch(/five minutes/);
    }
    expect(await verify("gitlab", headers, body, { signingTokens }, new Date(NOW.getTime() + 299_000))).toBe(
      "authentic",
    );
    expect(
      await verify("gitlab", { ...headers, "webhook-timestamp": "1614265330abc" }, body, { signingTokens }),
    ).toMatch(/malformed/);
  });

  it("never matches under a signing token that holds no key, for anybody could have made that signature", async () => {
    const signature = (key: string): string =>
      `v1,${createHmac("sha256", key).update(`${headers["webhook-id"]}.1614265330.${body}`).digest("base64")}`;
    for (const token of ["whsec_", "whsec_!!!", "whsec_YWJj"]) {
      const key = Buffer.from(token.replace("whsec_", ""), "base64").toString();
      const forged = { ...headers, "webhook-signature": signature(key) };
      expect(await verify("gitlab", forged, body, { signingTokens: [token] })).toMatch(/not whsec_ and base64/);
    }
  });

  it("never falls back from a bad or missing signature to the token", async () => {
    const token = { "x-gitlab-token": "plain token" };
    const both = { secrets: ["plain token"], signingTokens };
    expect(await verify("gitlab", token, body, both)).toMatch(/missing/);
    expect(await verify("gitlab", { ...headers, ...token, "webhook-signature": "v1,AAAA" }, body, both)).toMatch(
      /does not match/,
    );
    expect(await verify("gitlab", token, body, { secrets: ["plain token"] })).toBe("authentic");
  });
});

describe("GitLab's plain token", () => {
  it("is compared as the bytes that were sent, umlauts included", async () => {
    const asNodeGivesIt = Buffer.from("schlüssel ✓", "utf8").toString("latin1");
    const secrets = ["schlüssel ✓"];
    expect(await verify("gitlab", { "x-gitlab-token": asNodeGivesIt }, "{}", { secrets })).toBe("authentic");
    expect(await verify("gitlab", { "x-gitlab-token": "schlussel ?" }, "{}", { secrets })).toMatch(/does not match/);
  });
});

describe("Bitbucket's test connection", () => {
  it("is let in unsigned, and nothing else under its name", async () => {
    const headers = { "x-event-key": "diagnostics:ping" };
    expect(await verify("bitbucket", headers, '{"test":true}', { secrets: ["s"] })).toBe("authentic");
    expect(await verify("bitbucket", headers, '{"test":true,"push":{}}', { secrets: ["s"] })).toMatch(/missing/);
  });
});
