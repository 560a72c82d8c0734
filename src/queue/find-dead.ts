import type { ProcessIdentity } from "../host/process-identity.ts";
import { isAlive } from "../host/process-identity.ts";
import type { RunningDeployment } from "../store/reads/queue-state.ts";
import { LAUNCHING } from "../store/writes/claim-deployment.ts";
import type { Silence } from "./silence.ts";

/** A runner beats every five seconds: one of another machine that was silent for so long is taken for dead. */
const LEASE_MS = 30_000;
/** A runner that lives and has not beaten for so long is hung. Beats are five seconds apart, and the store may make one wait fifteen. */
export const SILENT_MS = 120_000;

/**
 * Running deployments that nobody runs. A process of this machine is known to be dead at once, whatever its lease says, and known to live even when it is
 * silent (a paused machine, a busy disk). A runner of another machine, and one that is being launched by a process that lives, must have been silent for the
 * length of a lease.
 */
export function findDead(running: readonly RunningDeployment[], silence: Silence): readonly RunningDeployment[] {
  return running.filter((each) => {
    const silentMs = silence.of(each);
    const { runnerKind: kind, runnerIdentity: identity } = each;
    const alive = identity === undefined ? undefined : isAlive(JSON.parse(identity) as ProcessIdentity);
    if (alive === false) return true;
    return silentMs > LEASE_MS && (alive === undefined || kind === LAUNCHING);
  });
}
