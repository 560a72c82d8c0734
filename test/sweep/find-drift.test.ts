import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Target } from "../../src/config/config.ts";
import { localHost } from "../../src/host/local-host.ts";
import { systemdUnit } from "../../src/service-managers/index.ts";
import { findDrift } from "../../src/sweep/find-drift.ts";
import { scratchFolder } from "../host/scratch-repository.ts";

it("a target whose lender runs another revision is not taken for the revision that it was deployed at", async () => {
  const target = {
    settings: { app_path: "/nowhere", layout: "releases", code_from: "shop" },
    subscription: { repository: "acme/shop" },
  } as unknown as Target;
  const look = async (revision: string | undefined): Promise<readonly string[]> => {
    const recorded = { revision: "a".repeat(40), release: undefined, lender: { name: "shop/production", revision } };
    return (await findDrift(target, recorded, localHost(), { service: undefined, units: undefined })).differs;
  };
  expect(await look("a".repeat(40))).toEqual([]);
  expect(await look("b".repeat(40))).toEqual([
    "its code is that of shop/production, which runs bbbbbbb now; it was deployed at aaaaaaa",
  ]);
  expect(await look(undefined)).toEqual([expect.stringContaining("which runs nothing now")]);
});

it("a thing that cannot be asked is unknown, with the reason, and no difference", async () => {
  const app = scratchFolder();
  mkdirSync(join(app, "releases/1"), { recursive: true });
  symlinkSync("releases/1", join(app, "current"));
  const target = {
    settings: { app_path: app, layout: "releases" },
    subscription: { repository: "acme/shop" },
  } as unknown as Target;
  // There is no systemctl on this PATH.
  const service = systemdUnit("shop.service", localHost(), { PATH: app });
  const recorded = { revision: "a".repeat(40), release: join(app, "releases/1") };
  const seen = await findDrift(target, recorded, localHost(), { service, units: undefined });
  expect(seen).toEqual({
    differs: [],
    unknown: [expect.stringMatching(/^shop\.service cannot be asked: .*systemctl/)],
  });
});
