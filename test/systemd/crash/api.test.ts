import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { crashMatrix, nothingLost, report } from "../../crash/matrix.ts";

it("api under systemd: a sample of the deaths", { timeout: 600_000 }, async () => {
  const result = await crashMatrix({
    unit: { name: "crash.service", scope: "system" },
    kinds: ["runner", "both"],
    every: 8,
    async prepare({ folder }) {
      const command = readFileSync(join(folder, "ExecStart"), "utf8");
      writeFileSync("/run/systemd/system/crash.service", `[Service]\nExecStart=${command}\n`);
      execFileSync("systemctl", ["daemon-reload"]);
    },
  });
  report("api under systemd", result);
  expect(result).toEqual(nothingLost(result));
});
