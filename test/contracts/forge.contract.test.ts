import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { DeliveryRejected } from "../../src/domain/errors.ts";
import type { Delivery, Reading } from "../../src/domain/event.ts";
import type { ForgeSecrets } from "../../src/forges/forge.ts";
import { forges } from "../../src/forges/index.ts";
import { createRouter } from "../../src/routing/route.ts";
import { forgeByHeaders } from "../../src/webhooks/choose-forge.ts";
import { acceptedDelivery } from "../../src/webhooks/incoming-delivery.ts";
import { missingEvidence, recordedDeliveries, REPEATS, SIGNED } from "../helpers/forge-fixtures.ts";
import type { RecordedFixture } from "../helpers/forge-fixtures.ts";
import { freshStore } from "../helpers/store.ts";
import { filledIn } from "../../src/forges/setup.ts";

const SECRET = "It's a Secret to Everybody";
const NOW = new Date("2026-11-21T12:00:00Z");

/** Bitbucket Data Center never signs it, and it can only mean "ignored". */
function isTestConnection({ headers }: RecordedFixture): boolean {
  return headers["x-event-key"] === "diagnostics:ping";
}

function withoutDigests(headers: Delivery["headers"]): Delivery["headers"] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !/signature|token/.test(name)));
}

function secrets(...list: readonly string[]): ForgeSecrets {
  return { secrets: list, signingTokens: [] };
}

for (const forge of forges) {
  describe(`forge ${forge.name}`, () => {
    const missing = missingEvidence(forge.name);
    it("ships recorded deliveries, and says a second time how it signs and sends again", () => {
      expect(missing, missing).toBeUndefined();
    });
    // Every other test needs them.
    if (missing !== undefined) return;
    const fixtures = recordedDeliveries(forge.name);
    const instance = { name: forge.name, forge };
    const sign = SIGNED[forge.name] ?? ((): Record<string, string> => ({}));
    const signed = (fixture: RecordedFixture, secret = SECRET): Delivery => ({
      headers: { ...fixture.headers, ...(fixture.signature === "made by the test" ? sign(fixture.body, secret) : {}) },
      body: fixture.body,
    });
    const verify = async (delivery: Delivery, ...list: readonly string[]): Promise<string> => {
      const verification = await forge.verify(delivery, secrets(...list), NOW);
      return verification.authentic ? "authentic" : verification.reason;
    };
    const push = fixtures.find(({ name, signature }) => signature === "made by the test" && name.includes("push"));

    for (const fixture of fixtures) {
      it(`understands ${fixture.name}`, async () => {
        expect(await forge.parse(signed(fixture))).toEqual(fixture.becomes);
      });

      it(`is recognised by the headers of ${fixture.name}, before any other forge`, () => {
        expect(forgeByHeaders(fixture.headers, forges)?.name).toBe(forge.name);
      });

      if (fixture.signature !== "none") {
        it(`accepts the signature of ${fixture.name}, and no other bytes or secret`, async () => {
          const delivery = signed(fixture);
          expect(await verify(delivery, SECRET)).toBe("authentic");
          expect(await verify(delivery, "another secret")).not.toBe("authentic");
          expect(await verify({ ...delivery, headers: withoutDigests(delivery.headers) }, SECRET)).toMatch(
            / is missing$/,
          );
          if (forge.name === "gitlab") return; // A plain token does not cover the body.
          const changed = Buffer.from(fixture.body);
          const middle = Math.floor(changed.length / 2);
          changed[middle] = (changed[middle] ?? 0) ^ 1;
          expect(await verify({ ...delivery, body: changed }, SECRET)).not.toBe("authentic");
        });
      } else if (!isTestConnection(fixture)) {
        it(`refuses ${fixture.name}, which nobody signed`, async () => {
          expect(await verify(signed(fixture), SECRET)).toMatch(/^the signature is (missing|empty)/);
          expect(await verify(signed(fixture), "")).not.toBe("authentic");
        });
      }
    }

    it("accepts any of several secrets while they are rotated, and none when none is configured", async () => {
      if (push === undefined) throw new Error("no push to sign");
      expect(await verify(signed(push), "new secret", SECRET)).toBe("authentic");
      expect(await verify(signed(push), SECRET, "new secret")).toBe("authentic");
      expect(await verify(signed(push), "new secret", "newer secret")).toMatch(/does not match any of the 2 secrets/);
      expect(await verify(signed(push))).toBe(`no webhook secret is configured for ${forge.name}`);
    });

    it("refuses a signature that is missing, empty, malformed, cut, longer, doubled, in capitals or of another kind", async () => {
      if (push === undefined) throw new Error("no push to sign");
      for (const [header, value] of Object.entries<string>(sign(push.body, SECRET))) {
        if (header === "x-hub-signature-256" && forge.name === "gitea") continue; // Not the one it is verified by.
        const others = Object.fromEntries(Object.entries(signed(push).headers).filter(([name]) => name !== header));
        const wrong = [
          "",
          "sha256=",
          value.slice(0, -1),
          `${value}0`,
          `${value}, ${value}`,
          value.toUpperCase(),
          `sha1=${"0".repeat(40)}`,
          "\u0000",
          "é".repeat(64),
        ];
        expect(await verify({ headers: others, body: push.body }, SECRET)).toMatch(/missing/);
        for (const each of wrong) {
          const said = await verify({ headers: { ...others, [header]: each }, body: push.body }, SECRET);
          expect(said, each).toMatch(/^the (signature|token) (is (missing|empty|malformed)|does not match)/);
        }
      }
    });

    it("is not satisfied by SHA-1, however right it is", async () => {
      if (push === undefined) throw new Error("no push to sign");
      const sha1 = createHmac("sha1", SECRET).update(push.body).digest("hex");
      for (const value of [sha1, `sha1=${sha1}`]) {
        const own = Object.fromEntries(Object.keys(sign(push.body, SECRET)).map((header) => [header, value]));
        const headers = { ...withoutDigests(push.headers), ...own, "x-hub-signature": `sha1=${sha1}` };
        expect(await verify({ headers, body: push.body }, SECRET)).not.toBe("authentic");
      }
    });

    it("verifies bytes, not text: a byte order mark or bytes that are no UTF-8 change nothing", async () => {
      for (const body of [Buffer.from("\ufeff{}"), Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), Buffer.alloc(0)]) {
        expect(
          await verify({ headers: { "content-type": "application/json", ...sign(body, SECRET) }, body }, SECRET),
        ).toBe("authentic");
      }
    });

    it.each([
      "null",
      "1",
      "[]",
      "",
      "{",
      '"text"',
      "{}",
      '{"ref":1}',
      '{"repository":null,"push":{"changes":[null,1]},"changes":[{}]}',
      '{"__proto__":{"ref":"x"}}',
    ])("makes an event or a refusal of %s, and nothing else", async (text) => {
      for (const event of ["push", "__proto__", "constructor", ""]) {
        const headers = {
          ...push?.headers,
          "x-github-event": event,
          "x-gitea-event-type": event,
          "x-event-key": "repo:push",
          "x-gitlab-event": event,
        };
        try {
          const { events } = await forge.parse({ headers, body: Buffer.from(text) });
          expect(events.every(({ kind }) => kind !== "pushed")).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(DeliveryRejected);
          expect((error as DeliveryRejected).httpStatus).toBe(400);
        }
      }
    });

    it("says what to enter at each of its products: URL, secret, events, certificate, network, test, redelivery", () => {
      expect(forge.setup.length).toBeGreaterThan(0);
      for (const setup of forge.setup) {
        const places = {
          url: "https://deploy.example.com/webhook/x",
          secret: "S",
          hook: "H",
          repository: "R",
          name: "N",
          secretFile: "F",
          copySecret: "",
        };
        const filled = filledIn(setup, places);
        const facts = [setup.product, setup.page, setup.contentType, setup.tls, setup.network, setup.test];
        for (const fact of [...facts, setup.redeliver, setup.timeout, ...setup.events, ...setup.notes])
          expect(fact).not.toBe("");
        expect(setup.events.length).toBeGreaterThan(0);
        expect(filled.fields.map(({ value }) => value)).toContain(places.url);
        expect(filled.secret.value).toContain("S");
        expect(JSON.stringify(filled), "a placeholder that nothing fills in").not.toMatch(/\{\w+\}/);
      }
      const names = forges.flatMap((each) => each.setup.map(({ name }) => name));
      expect(new Set(names).size).toBe(names.length);
    });

    it("signs a ping that is authentic, comes from itself and deploys nothing", async () => {
      const token = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
      for (const given of [secrets("schlüssel", "old"), { secrets: [], signingTokens: [token] }]) {
        if (given.signingTokens.length > 0 && forge.signingTokenKeys.length === 0) continue;
        const ping = forge.ping(given, "1m7y8r661e0h4", NOW);
        expect(await forge.verify(ping, given, NOW)).toMatchObject({ authentic: true, secret: 1 });
        expect(await forge.verify(ping, secrets("another"), NOW)).not.toMatchObject({ authentic: true, secret: 1 });
        expect(forgeByHeaders(ping.headers, forges)?.name).toBe(forge.name);
        expect((await forge.parse(ping)).events.map(({ kind }) => kind)).toEqual(["ignored"]);
        expect(forge.ping(given, "another id", NOW).body).not.toEqual(ping.body);
      }
    });

    it("tells a redelivery from a push of the same bytes: there, back, and there again deploys three times", async () => {
      const pushOf = ({ becomes }: RecordedFixture) =>
        becomes.events.find((each) => each.kind === "pushed" && !each.test);
      const recorded = fixtures.find((each) => each.signature === "made by the test" && pushOf(each) !== undefined);
      const event = recorded === undefined ? undefined : pushOf(recorded);
      if (recorded === undefined || event?.kind !== "pushed") throw new Error("no push to repeat");
      const { ids, keepsId } = REPEATS[forge.name] ?? { ids: [], keepsId: false };
      expect(ids, "say which headers hold the id").not.toEqual([]);
      const store = await freshStore();
      const target = { fraise: "shop", environment: "production", job: "" };
      const { kind, name } = event.ref;
      const wants = { branches: kind === "branch" ? [name] : [], tags: kind === "tag" ? [name] : [], paths: [] };
      const subscription = { forge: forge.name, repository: event.repository, ...wants };
      const router = createRouter([{ ...target, subscription }]);
      const first: Reading = { ...recorded.becomes, events: [event] };
      const send = async (id: string, reading: Reading = first) => {
        const headers = { ...recorded.headers, ...Object.fromEntries(ids.map((header) => [header, id])) };
        const body = reading === first ? recorded.body : Buffer.from(JSON.stringify(reading));
        const request = { forgeName: forge.name, headers, body, remoteAddress: "" };
        const proposals = router(forge.name, reading);
        const delivery = acceptedDelivery({ request, at: new Date(), instance, reading, proposals });
        const [outcome] = await store.deliveries.record([delivery]);
        const [decided] = outcome?.decisions ?? [];
        if (decided?.decision === "queued" && decided.deployment !== undefined) {
          await store.queue.claim(decided.deployment, { leaseMs: 1_000, claimer: "{}" });
          await store.queue.adopt(decided.deployment, { owner: "runner", kind: "process", identity: "{}" }, 1_000);
          await store.deployments.settle(decided.deployment, "runner", { outcome: "succeeded", reason: "", hint: "" });
        }
        return decided;
      };
      const back = { ...event, revision: "b".repeat(40), previous: event.revision };
      const there = await send("1");
      expect(there).toMatchObject({ decision: "queued" });
      const again = await send(keepsId ? "1" : "2");
      expect(again).toMatchObject({ decision: "redelivery", deployment: there?.deployment });
      expect(await send("3", { ...recorded.becomes, events: [back] })).toMatchObject({ decision: "queued" });
      const thereAgain = await send("4");
      expect(thereAgain).toMatchObject({ decision: "queued" });
      const resent = await send(keepsId ? "4" : "5");
      expect(resent).toMatchObject({ decision: "redelivery", deployment: thereAgain?.deployment });
      expect(forge.redeliveryKeepsId).toBe(keepsId);
    });

    it("stores no header that carries the secret, and names each that does in its own file", async () => {
      if (push === undefined) throw new Error("no push to sign");
      const token = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
      const given = { secrets: [SECRET], signingTokens: forge.signingTokenKeys.length === 0 ? [] : [token] };
      const ping = forge.ping(given, "1m7y8r661e0h4", NOW);
      for (const delivery of [signed(push), ping, { ...ping, headers: { ...ping.headers, cookie: SECRET } }]) {
        const request = { forgeName: forge.name, ...delivery, remoteAddress: "" };
        const reading = await forge.parse(delivery);
        const { headers } = acceptedDelivery({ request, at: NOW, instance, reading, proposals: [] });
        expect(headers).not.toContain(SECRET);
        expect(headers).not.toContain(token);
        // The names stay, so that a person sees what came.
        expect(Object.keys(JSON.parse(headers) as object)).toEqual(Object.keys(delivery.headers));
      }
    });

    it("refuses another content type with 415, and text in another encoding with 400", async () => {
      const parse = async (type: string, body: Buffer): Promise<unknown> => {
        try {
          return await forge.parse({ headers: { ...push?.headers, "content-type": type }, body });
        } catch (error) {
          return (error as DeliveryRejected).httpStatus;
        }
      };
      expect(await parse("text/xml", Buffer.from("<a/>"))).toBe(415);
      expect(await parse("application/json", Buffer.from([0x7b, 0xff, 0x7d]))).toBe(400);
      expect(await parse("application/x-www-form-urlencoded", Buffer.from("a=b"))).toBe(400);
    });
  });
}
