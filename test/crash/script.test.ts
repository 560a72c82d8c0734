import { readFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "vitest";
import { crashMatrix, expectNothingLost } from "./matrix.ts";

it("script: whoever dies, and wherever", { timeout: 1_200_000 }, async () => {
  const result = await crashMatrix({
    name: "script",
    type: "script",
    kinds: ["runner", "both"],
    files: () => ({ "deploy.sh": `#!/bin/sh\ncat VERSION > "$FRAISIER_APP_PATH/deployed"\n` }),
    // What the script did last, by whichever revision it was run.
    live: async ({ app }) => `version ${readFileSync(join(app, "deployed"), "utf8").trim()}`,
  });
  expectNothingLost(result);
});
