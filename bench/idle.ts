import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { figure } from "./figure.ts";
import { activateTargets, writeManyTargets } from "./many-targets.ts";
import type { Part } from "./part.ts";
import { startFraisier } from "./servers.ts";

/** After this time the first looks are over. */
const SETTLING_MS = 90_000;
/** Looks at the host are a minute apart. */
const WATCHED_MS = 180_000;
const TICK_MS = 10;

/** What a daemon costs on which nothing happens, while it looks each minute whether its targets still run what they should. */
export const idle: Part = {
  letter: "n",
  title: "A daemon with 1,000 active targets and nothing to do",
  async run(folder) {
    const config = writeManyTargets(folder, "systemd_service: NAME.service");
    // A systemctl that says nothing: what systemd itself costs is not fraisier's.
    const programs = join(folder, "bin");
    mkdirSync(programs);
    writeFileSync(join(programs, "systemctl"), "#!/bin/sh\n", { mode: 0o755 });
    await activateTargets(folder);
    await using daemon = await startFraisier(config, { programs });
    await sleep(SETTLING_MS);
    const before = ticksOf(daemon.pid);
    await sleep(WATCHED_MS);
    const percent = (100 * (ticksOf(daemon.pid) - before) * TICK_MS) / WATCHED_MS;
    return [
      figure("idle.processor", "of one core, with its looks at the host and the programs that these start", percent, {
        unit: " %",
        digits: 2,
        wanted: { most: 0.2 },
        boundBy:
          "the looks at the host: a link to read for each target, and programs that ask systemd about all units.",
      }),
    ];
  },
};

/** Processor time of a process and of its children that have ended, in hundredths of a second. */
function ticksOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "latin1").split(") ").at(-1)?.split(" ") ?? [];
  return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
}
