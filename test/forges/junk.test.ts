import { describe, expect, it } from "vitest";
import { DeliveryRejected } from "../../src/domain/errors.ts";
import type { ForgeEvent } from "../../src/domain/event.ts";
import { forges } from "../../src/forges/index.ts";
import { recordedDeliveries } from "../helpers/forge-fixtures.ts";
import type { RecordedFixture } from "../helpers/forge-fixtures.ts";
import { reportAttacks } from "../security/attack-report.ts";

/** What may stand in any place of a body whose sender is mad or hostile; `toString` breaks whoever makes text of an object. */
const JUNK: readonly unknown[] = [
  null,
  true,
  -1,
  "",
  "\u0000\u001b[2J",
  "../../etc/passwd",
  [],
  [null],
  {},
  { toString: 1 },
];

/** Recorded pushes and deletions with a JSON body, a few of each forge. */
function recorded(forge: string): readonly (Omit<RecordedFixture, "body"> & { readonly body: unknown })[] {
  return recordedDeliveries(forge)
    .filter(({ headers }) => headers["content-type"]?.startsWith("application/json"))
    .filter(({ becomes }) => becomes.events.some(({ kind }) => kind !== "ignored"))
    .slice(0, 6)
    .map((fixture) => ({ ...fixture, body: JSON.parse(fixture.body.toString()) as unknown }));
}

/** The contract test says which forge has no recorded deliveries. */
const members = forges.filter(({ name }) => recorded(name).length > 0);

/** Every place in the JSON, each with a function that puts something else there and gives the whole as text. */
function* placesIn(json: unknown, node = json, parentPlace = ""): Generator<[(other: unknown) => string, string]> {
  if (typeof node !== "object" || node === null) return;
  const parent = node as Record<string, unknown>;
  for (const [key, value] of Object.entries(parent)) {
    const place = `${parentPlace}.${key}`;
    const put = (other: unknown): string => {
      parent[key] = other;
      const text = JSON.stringify(json);
      parent[key] = value;
      return text;
    };
    yield [put, place];
    yield* placesIn(json, value, place);
  }
}

/** What the rest of fraisier relies on, whoever sent it. */
function isSound(event: ForgeEvent): boolean {
  if (typeof event.repository !== "string") return false;
  if (event.kind === "ignored" || event.kind === "unlisted") return event.reason !== "";
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  if (event.ref.name === "" || /[\u0000-\u0020\u007f]|\.\.|^-/.test(event.ref.name)) return false;
  return event.kind === "deleted" || /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(event.revision);
}

describe.each(members.map((forge) => [forge.name, forge] as const))(
  "forge %s, with junk in any one place",
  (_, forge) => {
    it.each(recorded(forge.name).map((each) => [each.name, each] as const))(
      "makes sound events of %s, or refuses it",
      async (__, { headers, body }) => {
        let places = 0;
        for (const [put, place] of placesIn(body)) {
          places += 1;
          for (const junk of JUNK) {
            const text = put(junk);
            try {
              const { events } = await forge.parse({ headers, body: Buffer.from(text) });
              expect(
                events.filter((event) => !isSound(event)),
                `${place} = ${JSON.stringify(junk)}`,
              ).toEqual([]);
              expect(events.length).toBeGreaterThan(0);
            } catch (error) {
              if (!(error instanceof DeliveryRejected))
                throw new Error(`${place} = ${JSON.stringify(junk)}`, { cause: error });
            }
          }
        }
        // Each was refused or made a sound event.
        reportAttacks({ tried: places * JUNK.length, wronglyAccepted: 0, crashes: 0, secretsFound: 0 });
        expect(places).toBeGreaterThan(5);
      },
    );

    it("survives a body of brackets", async () => {
      const headers = recorded(forge.name)[0]?.headers ?? {};
      for (const text of ["[".repeat(1_000_000), '{"a":'.repeat(200_000)]) {
        await expect((async () => await forge.parse({ headers, body: Buffer.from(text) }))()).rejects.toThrow(
          DeliveryRejected,
        );
      }
    });
  },
);
