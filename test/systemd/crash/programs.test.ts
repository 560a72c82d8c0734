import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "vitest";
import { canHoldPrograms } from "../../crash/held-programs.ts";
import { expectNothingLost } from "../../crash/matrix.ts";
import { programMatrix } from "../../crash/program-matrix.ts";

it.runIf(canHoldPrograms)("under systemd: whoever dies inside systemctl", { timeout: 3_600_000 }, async () => {
  const result = await programMatrix({
    name: "inside systemctl",
    sample: 2,
    unit: { name: "crash-inside.service", scope: "system" },
    programs: () => ({ systemctl: { path: "/usr/bin/systemctl" } }),
    async prepare({ folder }) {
      const command = readFileSync(join(folder, "ExecStart"), "utf8");
      writeFileSync("/run/systemd/system/crash-inside.service", `[Service]\nExecStart=${command}\n`);
      execFileSync("systemctl", ["daemon-reload"]);
    },
  });
  expectNothingLost(result);
});
