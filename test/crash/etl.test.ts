import { readFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "vitest";
import { crashMatrix, expectNothingLost } from "./matrix.ts";

it("etl: whoever dies, and wherever", { timeout: 1_200_000 }, async () => {
  const result = await crashMatrix({
    name: "etl",
    type: "etl",
    kinds: ["runner", "both"],
    environment: "script_path: etl.sh\nrun_after_deploy: true",
    files: () => ({ "etl.sh": `#!/bin/sh\ncat VERSION > "$FRAISIER_APP_PATH/ran"\n` }),
    live: async ({ app }) => `version ${readFileSync(join(app, "current/VERSION"), "utf8").trim()}`,
  });
  expectNothingLost(result);
});
