import { readFile, readdir } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

const GRACE_MS = 5_000;
const LOOK_MS = 50;

/** Ends what a runner that was killed has left running: found by a variable that every child inherits. */
export async function endMarked(variable: string, value: string, graceMs: number = GRACE_MS): Promise<number> {
  const found = await marked(`${variable}=${value}`);
  for (const pid of found) send(pid, "SIGTERM");
  const deadline = performance.now() + graceMs;
  let left = found;
  while (left.length > 0 && performance.now() < deadline) {
    await sleep(LOOK_MS);
    left = await marked(`${variable}=${value}`);
  }
  for (const pid of left) send(pid, "SIGKILL");
  return found.length;
}

async function marked(entry: string): Promise<readonly number[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const wanted = Buffer.from(`\0${entry}\0`);
  const found: number[] = [];
  for (const pid of pids) {
    if (pid === process.pid) continue;
    try {
      const environment = await readFile(`/proc/${pid}/environ`);
      if (Buffer.concat([Buffer.of(0), environment, Buffer.of(0)]).includes(wanted)) found.push(pid);
    } catch {
      // Gone meanwhile, or another user's: not ours to end.
    }
  }
  return found;
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // ESRCH: it ended meanwhile. EPERM: it became another user's.
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ESRCH" && code !== "EPERM") throw error;
  }
}
