import type { Host } from "../host/host.ts";

const MOMENT_MS = 100;

/**
 * Waits until a SIGTERM that was sent by now is heard. A machine that goes down ends the commands of a runner in the same moment as the runner itself:
 * their failures must not be blamed on the revision.
 */
export async function heardStop({ sleep }: Pick<Host["clock"], "sleep">): Promise<void> {
  await sleep(MOMENT_MS);
}
