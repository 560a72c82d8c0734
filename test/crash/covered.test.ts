import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { deployers } from "../../src/deployers/index.ts";

it("has a crash matrix for every type of fraise: here, or where there is a systemd", () => {
  const files = ["", "../systemd/crash"].flatMap((folder) => readdirSync(join(import.meta.dirname, folder)));
  // `backup` is another word for `scheduled`.
  const types = deployers.map(({ type }) => type).filter((type) => type !== "backup");
  const uncovered = types.filter((type) => !files.some((file) => new RegExp(`^${type}[-.].*test\\.ts$`).test(file)));
  expect(
    uncovered,
    `no crash matrix for ${uncovered.join(", ")}: write test/crash/<type>.test.ts, as docs/adding-a-deployer.md says`,
  ).toEqual([]);
});
