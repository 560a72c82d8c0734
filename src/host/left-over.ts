import { setTimeout as sleep } from "node:timers/promises";
import { isAlive } from "./process-identity.ts";
import type { ProcessIdentity } from "./process-identity.ts";

/** Time to end after SIGTERM, and then to be gone after SIGKILL. */
const GRACE_MS = 5_000;
const LOOK_MS = 20;

/**
 * Ends a command and its process group that outlived the runner that started it. Whether it is that command is told by when it started: a number that was
 * given out again is left alone. False when there was nothing to end.
 */
export async function endLeftOver(name: string): Promise<boolean> {
  const identity = JSON.parse(name) as ProcessIdentity;
  if (isAlive(identity) !== true) return false;
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    try {
      process.kill(-identity.pid, signal);
    } catch (error) {
      // ESRCH: it ended by itself a moment ago. EPERM: it runs as another user, and we are not root.
      if ((error as NodeJS.ErrnoException).code !== "ESRCH" && (error as NodeJS.ErrnoException).code !== "EPERM")
        throw error;
    }
    const deadline = performance.now() + GRACE_MS;
    while (isAlive(identity) === true && performance.now() < deadline) await sleep(LOOK_MS);
    if (isAlive(identity) !== true && signal === "SIGTERM") break;
  }
  // What it had started may not have heard, or not have heeded it.
  try {
    process.kill(-identity.pid, "SIGKILL");
  } catch {
    // Nobody is left, which is what we wanted.
  }
  return true;
}
