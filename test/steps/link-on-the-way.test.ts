import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { localHost } from "../../src/host/local-host.ts";
import { linkOnTheWay } from "../../src/steps/release/link-on-the-way.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

it("finds the first link on the way to a file, however the way is written, and none behind the folder itself", async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "real/inner"), { recursive: true });
  writeFileSync(join(folder, "real/inner/file"), "");
  symlinkSync("/etc", join(folder, "real/away"));
  symlinkSync("nowhere", join(folder, "broken"));
  symlinkSync(join(folder, "real"), join(folder, "release"));
  const { files } = localHost();
  for (const [path, link] of [
    ["real/inner/file", undefined],
    ["./real//inner/file", undefined],
    ["absent/file", undefined],
    ["real/away", "real/away"],
    ["real/away/passwd", "real/away"],
    ["broken", "broken"],
    ["broken/file", "broken"],
  ] as const)
    expect([path, await linkOnTheWay(files, folder, path)]).toEqual([path, link]);
  expect(await linkOnTheWay(files, join(folder, "release"), "inner/file")).toBeUndefined();
});
