import { expect, it } from "vitest";
import { deployers } from "../../src/deployers/index.ts";
import { campaign, killsOf } from "./campaign.ts";
import { typesOf } from "./targets.ts";

const KILLS = killsOf({ sample: 25, all: 300 });

it(
  "loses no push, deploys none twice, tells no lie and leaves no target stuck, whoever is killed when",
  { timeout: 3_600_000 },
  async () => {
    const found = await campaign({ name: "plain", kills: KILLS, systemd: false });
    // The message is given, as an assertion by itself would show only the beginning of the sentences.
    expect(found, found.join("\n")).toEqual([]);
  },
);

it("has a target for every type of fraise that runs something", () => {
  // With fraises.yaml from git all other targets would stand in that file: test/crash/configuration.test.ts kills whoever deploys it.
  const types = deployers.map(({ type }) => type).filter((type) => type !== "configuration");
  expect(new Set(typesOf(true))).toEqual(new Set(types));
});
