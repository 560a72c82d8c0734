import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { localHost } from "../../src/host/local-host.ts";
import { caches } from "../../src/repairs/caches.ts";
import { isMending } from "../../src/repairs/repair.ts";
import type { Scene } from "../../src/repairs/repair.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

it("removes caches of targets and places that left fraises.yaml, and no others", async () => {
  const state = temporaryFolder();
  const folder = join(state, "caches");
  for (const path of ["shop+production/~%2F.npm", "shop+production/.next%2Fcache", "old+production/x", "old+busy/x"]) {
    mkdirSync(join(folder, path), { recursive: true });
    writeFileSync(join(folder, path, "file"), "");
  }
  const target = {
    fraise: "shop",
    environment: "production",
    job: "",
    settings: { sandbox: { cache: ["~/.npm"] } },
  } as unknown as Scene["targets"][number];
  const scene = {
    host: localHost(),
    config: { deployment: { state_directory: state } },
    targets: [target],
    isWhole: true,
    busy: new Set(["old/busy"]),
  } as unknown as Scene;
  expect(await caches.find({ ...scene, isWhole: false })).toEqual([]);
  const found = await caches.find(scene);
  expect(found.map(({ where }) => where.slice(folder.length + 1)).toSorted()).toEqual([
    "old+production",
    "shop+production/.next%2Fcache",
  ]);
  for (const { remedy } of found)
    if (isMending(remedy)) await remedy.mend({ takeUp: () => Promise.reject(new Error()) });
  expect(readdirSync(folder).toSorted()).toEqual(["old+busy", "shop+production"]);
  expect(readdirSync(join(folder, "shop+production"))).toEqual(["~%2F.npm"]);
  expect(await caches.find(scene)).toEqual([]);
});
