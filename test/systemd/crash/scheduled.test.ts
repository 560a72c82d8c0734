import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "vitest";
import { crashMatrix, expectNothingLost } from "../../crash/matrix.ts";
import type { Scenario } from "../../helpers/scenario.ts";

const jobFolder = ({ app }: Scenario): string => join(app, "daily");

it("scheduled under systemd: whoever dies, and wherever", { timeout: 1_200_000 }, async () => {
  const result = await crashMatrix({
    name: "scheduled under systemd",
    unit: { name: "unused.service", scope: "system" },
    kinds: ["runner", "both"],
    async prepare({ folder, bare, app }) {
      const file = join(folder, "fraises.yaml");
      const head = readFileSync(file, "utf8").split("\nfraises:")[0] ?? "";
      writeFileSync(
        file,
        `${head}
fraises:
  shop:
    type: scheduled
    repository: acme/shop
    clone_url: ${bare}
    environments:
      production:
        branch: main
        app_path: ${app}
        jobs:
          daily: { schedule: "*-*-* 04:00", command: cat VERSION }
`,
      );
    },
    folder: jobFolder,
    live: async (scenario) => `version ${readFileSync(join(jobFolder(scenario), "current/VERSION"), "utf8").trim()}`,
  });
  expectNothingLost(result);
});
