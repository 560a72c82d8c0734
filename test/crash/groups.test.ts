import { readFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "vitest";
import { crashMatrix, expectNothingLost } from "./matrix.ts";
import { GROUPS } from "../helpers/component-groups.ts";

it("groups: whoever dies, and wherever", { timeout: 1_200_000 }, async () => {
  const result = await crashMatrix({
    name: "groups",
    type: "groups",
    kinds: ["runner", "both"],
    environment: GROUPS,
    files: (version) => ({ "parts/one.txt": `${version}\n` }),
    live: async ({ app }) => `version ${readFileSync(join(app, "live"), "utf8").trim()}`,
  });
  expectNothingLost(result);
});
