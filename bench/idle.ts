import { readFileSync } from "node:fs";
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
    const config = writeManyTargets(
      folder,
      "service: { manager: command, restart: [/bin/true], status: [/bin/true], stop: [/bin/true] }",
    );
    await activateTargets(folder);
    await using daemon = await startFraisier(config);
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
          "the looks at the host: a link to read for each target, and a program for each service that no systemd keeps.",
      }),
    ];
  },
};

/** Processor time of a process and of its children that have ended, in hundredths of a second. */
function ticksOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "latin1").split(") ").at(-1)?.split(" ") ?? [];
  return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
}
