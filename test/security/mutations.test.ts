import { describe, expect, it } from "vitest";
import { DeliveryRejected } from "../../src/domain/errors.ts";
import type { Delivery, ForgeEvent } from "../../src/domain/event.ts";
import type { Forge } from "../../src/forges/forge.ts";
import { forges } from "../../src/forges/index.ts";
import { recordedDeliveries, SIGNED } from "../helpers/forge-fixtures.ts";
import type { RecordedFixture } from "../helpers/forge-fixtures.ts";
import { seededRandom } from "../helpers/random.ts";
import type { Random } from "../helpers/random.ts";
import { reportAttacks } from "./attack-report.ts";
import { mutateBytes, mutateJson } from "./mutate-json.ts";

const COUNT = process.env["FRAISIER_TEST_ALL"] === undefined ? 20_000 : 200_000;
const SEED = Number(process.env["FRAISIER_ATTACK_SEED"] ?? 20_261_121);
const SECRET = "It's a Secret to Everybody";
const NOW = new Date("2026-11-21T12:00:00Z");
/** git-check-ref-format(1), written down a second time. */
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const NO_REF = /^-|^$|[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{|\/\/|\/\.|^\.|\.lock$|\.lock\/|^\/|\/$|\.$|^@$/;

interface Attack {
  readonly delivery: Delivery;
  readonly what: string;
}

/** A delivery with a right signature over wrong bytes: it comes from somebody who knows the secret, or from a forge that changed. */
function resigned(forge: Forge, fixture: RecordedFixture, random: Random): Attack {
  const isForm = (fixture.headers["content-type"] ?? "").includes("form");
  const asText = random.below(4) === 0 || isForm;
  let body: Buffer;
  if (asText) body = mutateBytes(fixture.body, random);
  else body = Buffer.from(JSON.stringify(mutateJson(JSON.parse(fixture.body.toString()), random)) ?? "null");
  const headers: Record<string, string> = { ...fixture.headers };
  if (random.below(10) === 0) delete headers[random.pick(Object.keys(headers))];
  if (random.below(10) === 0)
    headers["content-type"] = random.pick([
      "text/plain",
      "application/x-www-form-urlencoded",
      "application/json; charset=utf-16",
      "",
    ]);
  const event = forge.eventHeaders[0]?.toLowerCase() ?? "";
  if (random.below(20) === 0)
    headers[event] = random.pick(["push", "ping", "__proto__", "x".repeat(3_000), "repo:push", "Push Hook", ""]);
  return {
    delivery: { headers: { ...headers, ...SIGNED[forge.name]?.(body, SECRET) }, body },
    what: `${forge.name} ${fixture.name}`,
  };
}

/** A delivery whose signature was made over other bytes, with another secret, by a weaker means, or not at all. */
function forged(forge: Forge, fixture: RecordedFixture, random: Random): Attack {
  const { body } = fixture;
  const sign = (secret: string, of = body): Record<string, string> => SIGNED[forge.name]?.(of, secret) ?? {};
  const right = sign(SECRET);
  const changed = Buffer.from(body);
  const at = random.below(changed.length);
  changed[at] = (changed[at] ?? 0) ^ (1 << random.below(8));
  const each = (change: (value: string) => string): Record<string, string> =>
    Object.fromEntries(Object.entries(right).map(([name, value]) => [name, change(value)]));
  const [means, headers, bytes] = random.pick<readonly [string, Record<string, string>, Buffer]>([
    ["no signature", {}, body],
    ["an empty signature", each(() => ""), body],
    ["another secret", sign("another secret"), body],
    ["the empty secret", sign(""), body],
    ["the secret with a line end", sign(`${SECRET}\n`), body],
    ["half of the signature", each((value) => value.slice(0, -1 - random.below(value.length - 8))), body],
    ["the signature twice", each((value) => `${value},${value}`), body],
    [
      "another method's name",
      each(
        (value) =>
          value.replace("sha256=", random.pick(["sha1=", "md5=", "none=", "sha512="])) +
          (value.startsWith("sha256=") ? "" : "0"),
      ),
      body,
    ],
    ["only the old header of SHA-1", { "x-hub-signature": "sha1=0000000000000000000000000000000000000000" }, body],
    ["zeros", each((value) => value.replaceAll(/[\da-f]/g, "0")), body],
    // A plain token does not cover the body: there, the token itself is changed.
    forge.name === "gitlab"
      ? ["a changed token", each((value) => value.slice(1)), body]
      : ["a changed body", right, changed],
  ]);
  return {
    delivery: { headers: { ...fixture.headers, ...headers }, body: bytes },
    what: `${forge.name} ${fixture.name} with ${means}`,
  };
}

/** What is wrong with an event that was read; undefined if it says only what the payload said and git would take it. */
function wrongIn(event: ForgeEvent, text: string): string | undefined {
  const { repository } = event;
  if (typeof repository !== "string" || repository.length > 2_000) return "a repository that is no short text";
  if (event.kind !== "pushed") return undefined;
  if (!/^(?:[\da-f]{40}|[\da-f]{64})$/.test(event.revision)) return `the revision ${event.revision}`;
  if (!text.includes(event.revision)) return "a revision that is not in the payload";
  if (NO_REF.test(event.ref.name)) return `the ref ${JSON.stringify(event.ref.name)}`;
  if (!event.ref.name.isWellFormed()) return "a ref that is no Unicode";
  return undefined;
}

describe("the door", () => {
  it(`takes none of ${COUNT} forged or mutated deliveries for what they are not`, async () => {
    const random = seededRandom(SEED);
    const fixtures = forges.flatMap((forge) =>
      recordedDeliveries(forge.name)
        .filter(({ signature }) => signature === "made by the test")
        .map((fixture) => ({ forge, fixture })),
    );
    const found = { wrong: [] as string[], crashes: [] as string[] };
    let pushes = 0;
    for (let tried = 0; tried < COUNT; tried++) {
      const { forge, fixture } = random.pick(fixtures);
      const isForged = tried % 4 === 3;
      const { delivery, what } = isForged ? forged(forge, fixture, random) : resigned(forge, fixture, random);
      const place = `${what} (number ${tried} of seed ${SEED})`;
      try {
        const { authentic } = await forge.verify(delivery, { secrets: [SECRET], signingTokens: [] }, NOW);
        if (isForged && authentic) found.wrong.push(`${place} is taken for authentic`);
        if (!authentic) continue;
        const text = Buffer.from(delivery.body).toString();
        for (const event of (await forge.parse(delivery)).events) {
          const wrong = wrongIn(event, text);
          if (wrong !== undefined) found.wrong.push(`${place} gives ${wrong}`);
          pushes += event.kind === "pushed" ? 1 : 0;
        }
      } catch (error) {
        if (!(error instanceof DeliveryRejected) || error.httpStatus < 400 || error.httpStatus >= 500)
          found.crashes.push(`${place}: ${String(error)}`);
      }
    }
    reportAttacks({
      tried: COUNT,
      wronglyAccepted: found.wrong.length,
      crashes: found.crashes.length,
      secretsFound: 0,
    });
    expect(found).toEqual({ wrong: [], crashes: [] });
    // The mutations are mild enough that many of them still say that something was pushed.
    expect(pushes).toBeGreaterThan(COUNT / 50);
  });
});
