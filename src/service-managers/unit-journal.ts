import type { Service } from "./service-manager.ts";
import type { Manager } from "./systemctl.ts";
import { journalObstacle } from "./unit-obstacles.ts";

/** The last lines that a unit wrote, through journalctl(1). */
export function unitJournal(manager: Manager, unit: string): Service["recentOutput"] {
  return async (lines, since) => {
    if (lines <= 0) return [];
    const options = ["--no-pager", "--quiet", "--output=cat", `--lines=${lines}`];
    const which = since === undefined ? [`--unit=${unit}`] : await writtenSince(manager, unit, since);
    const result = await manager.run(["journalctl", ...manager.scope, ...options, ...which]);
    if (result.exitCode !== 0) return undefined;
    const said = result.stdout.split("\n").filter((line) => line !== "");
    // A user who may read only the own messages gets no lines and no error.
    return said.length > 0 || (await journalObstacle(manager, unit)) === undefined ? said : undefined;
  };
}

/**
 * The options that choose the lines since a time. The output of the previous run while it ended is not the present run's, and times alone cannot tell the two
 * apart: the present run has an id of its own.
 */
async function writtenSince(manager: Manager, unit: string, since: Date): Promise<readonly string[]> {
  const run = await presentRun(manager, unit, since);
  return run === undefined ? [`--unit=${unit}`, `--since=${utc(since)}`] : [`_SYSTEMD_INVOCATION_ID=${run}`];
}

/** The id of the present run. Undefined if it began before that time, and if systemd restarted the unit by itself: the runs between belong to it too. */
async function presentRun(manager: Manager, unit: string, since: Date): Promise<string | undefined> {
  const properties = ["InvocationID", "NRestarts", "InactiveExitTimestamp"];
  const { stdout } = await manager.run(
    manager.systemctl("show", ["--timestamp=us+utc", `--property=${properties.join(",")}`], unit),
  );
  const [, day, time] = /^InactiveExitTimestamp=\w+ ([\d-]+) ([\d:.]+) UTC$/m.exec(stdout) ?? [];
  const id = /^InvocationID=([0-9a-f]{32})$/m.exec(stdout)?.[1];
  const began = Date.parse(`${day}T${time?.slice(0, 12)}Z`);
  return began >= since.getTime() && /^NRestarts=0$/m.test(stdout) ? id : undefined;
}

/** As systemd.time(7) writes a time that means the same in every time zone. */
function utc(time: Date): string {
  return time.toISOString().replace("T", " ").replace("Z", " UTC");
}
