import { readFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "vitest";
import { crashMatrix, expectNothingLost } from "../../crash/matrix.ts";
import type { Scenario } from "../../helpers/scenario.ts";
import { writeJobs } from "../../helpers/write-jobs.ts";

const jobFolder = ({ app }: Scenario): string => join(app, "daily");

it("scheduled under systemd: whoever dies, and wherever", { timeout: 1_200_000 }, async () => {
  const result = await crashMatrix({
    name: "scheduled under systemd",
    unit: { name: "unused.service", scope: "system" },
    kinds: ["runner", "both"],
    async prepare(scenario) {
      writeJobs(scenario, `jobs:\n  daily: { schedule: "*-*-* 04:00", command: cat VERSION }`);
    },
    folder: jobFolder,
    live: async (scenario) => `version ${readFileSync(join(jobFolder(scenario), "current/VERSION"), "utf8").trim()}`,
  });
  expectNothingLost(result);
});
