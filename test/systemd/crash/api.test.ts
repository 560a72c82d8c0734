import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "vitest";
import { crashMatrix, expectNothingLost } from "../../crash/matrix.ts";

it("api under systemd: whoever dies, and wherever", { timeout: 1_200_000 }, async () => {
  const result = await crashMatrix({
    name: "api under systemd",
    unit: { name: "crash.service", scope: "system" },
    kinds: ["runner", "both"],
    async prepare({ folder }) {
      const command = readFileSync(join(folder, "ExecStart"), "utf8");
      writeFileSync("/run/systemd/system/crash.service", `[Service]\nExecStart=${command}\n`);
      execFileSync("systemctl", ["daemon-reload"]);
    },
  });
  expectNothingLost(result);
});
