import { createHmac } from "node:crypto";
import { emitterEventNames } from "@octokit/webhooks";
import { expect, it } from "vitest";
import { DeliveryRejected } from "../../src/domain/errors.ts";
import type { Delivery } from "../../src/domain/event.ts";
import { github } from "../../src/forges/github.ts";

const SECRET = "It's a Secret to Everybody";
const NOW = new Date("2026-11-21T12:00:00Z");

function delivered(event: string, payload: unknown): Delivery {
  const body = Buffer.from(JSON.stringify(payload));
  return { headers: { "content-type": "application/json", "x-github-event": event }, body };
}

it("every event that GitHub has, or may have one day, is read, and only a push says that something was pushed", async () => {
  const invented = [
    "",
    "*",
    "error",
    "__proto__",
    "constructor",
    "toString",
    "push.created",
    "PUSH",
    "x".repeat(10_000),
  ];
  for (const name of [...emitterEventNames, ...invented]) {
    if (name === "push") continue;
    for (const payload of [{}, { action: "created" }, { action: "__proto__", repository: { full_name: "acme/api" } }]) {
      const { events } = await github.parse(delivered(name, payload));
      expect(events, name).toMatchObject([{ kind: "ignored", repository: payload.repository?.full_name ?? "" }]);
    }
  }
});

it("a push that makes no sense is refused by name, and the refusal carries nothing of the payload", async () => {
  const payload = { ref: "refs/heads/main", after: "no hash", repository: { full_name: "acme/api" } };
  const refused = await Promise.resolve(github.parse(delivered("push", payload))).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(DeliveryRejected);
  expect(refused).toMatchObject({ httpStatus: 400, message: "after is not a full commit hash" });
  expect(Object.values(refused as object)).not.toContainEqual(expect.objectContaining({ payload }));
});

it("each secret in rotation proves a delivery, be it text, no UTF-8, empty or larger than what is decoded", async () => {
  const rotation = { secrets: ["new", SECRET, "newest"], signingTokens: [] };
  for (const body of [
    Buffer.from("{}"),
    Buffer.from("\ufeff{}"),
    Buffer.from([0xff]),
    Buffer.alloc(0),
    Buffer.alloc(2 ** 20 + 1, " "),
  ]) {
    const digest = (secret: string) => `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
    const verified = async (header: string) =>
      await github.verify({ headers: { "x-hub-signature-256": header }, body }, rotation, NOW);
    expect(await verified(digest(SECRET))).toEqual({ authentic: true, proof: "signature", secret: 2 });
    expect(await verified(digest("old"))).toEqual({
      authentic: false,
      reason: "the signature does not match any of the 3 secrets",
    });
  }
});
