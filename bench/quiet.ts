import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const INTERVAL_MS = 50;
/** So long nothing must happen. */
const QUIET_MS = 500;

/**
 * Waits until a process and the children it waited for use no processor time any more: what one contender still has to do must not slow the
 * next one down. Returns milliseconds since the call until it last did something.
 */
export async function untilQuiet(pid: number): Promise<number> {
  const startedAt = performance.now();
  let lastChange = startedAt;
  let ticks = ticksOf(pid);
  while (performance.now() - lastChange < QUIET_MS) {
    await sleep(INTERVAL_MS);
    const now = ticksOf(pid);
    if (now > ticks + 1) {
      ticks = now;
      lastChange = performance.now();
    }
  }
  return lastChange - startedAt;
}

/** utime, stime, cutime and cstime of proc_pid_stat(5), in hundredths of a second. */
function ticksOf(pid: number): number {
  // The second field is a name in parentheses that may hold spaces.
  const fields = readFileSync(`/proc/${pid}/stat`, "latin1").split(") ").at(-1)?.split(" ") ?? [];
  return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
}
