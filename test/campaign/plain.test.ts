import { expect, it } from "vitest";
import { deployers } from "../../src/deployers/index.ts";
import { campaign, killsOf } from "./campaign.ts";
import { typesOf } from "./targets.ts";

const KILLS = killsOf({ sample: 25, all: 300 });

it(
  "loses no push, deploys none twice, tells no lie and leaves no target stuck, whoever is killed when",
  { timeout: 3_600_000 },
  async () => {
    const result = await campaign({ name: "plain", kills: KILLS, systemd: false });
    expect(result).toEqual({ kills: KILLS, lost: [], doubled: [], lies: [], stuck: [] });
  },
);

it("has a target for every type of fraise", () => {
  const types = deployers.map(({ type }) => type);
  expect(new Set(typesOf(true))).toEqual(new Set(types));
});
