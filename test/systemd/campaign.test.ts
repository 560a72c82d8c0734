import { expect, it } from "vitest";
import { campaign, killsOf } from "../campaign/campaign.ts";

const KILLS = killsOf({ sample: 10, all: 200 });

it(
  "loses no push, deploys none twice, tells no lie and leaves no target stuck under systemd",
  { timeout: 3_600_000 },
  async () => {
    const found = await campaign({ name: "systemd", kills: KILLS, systemd: true });
    // The message is given, as an assertion by itself would show only the beginning of the sentences.
    expect(found, found.join("\n")).toEqual([]);
  },
);
