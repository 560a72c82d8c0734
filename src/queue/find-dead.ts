import type { ProcessIdentity } from "../host/process-identity.ts";
import { isAlive } from "../host/process-identity.ts";
import type { RunningDeployment } from "../store/reads/queue-state.ts";
import { LAUNCHING } from "../store/writes/claim-deployment.ts";

/**
 * Running deployments that nobody runs. A process of this machine is known to be dead at once, whatever its lease says, and known to live
 * even when its lease ran out (a paused machine, a busy disk). For one of another machine, and for one that is being launched by a process
 * that lives, the lease must have run out.
 */
export function findDead(running: readonly RunningDeployment[], now: Date): readonly RunningDeployment[] {
  return running.filter(({ runner_kind, runner_identity, lease_expires_at }) => {
    const hasRunOut = lease_expires_at === null || new Date(lease_expires_at) < now;
    const alive = runner_identity === null ? undefined : isAlive(JSON.parse(runner_identity) as ProcessIdentity);
    if (alive === false) return true;
    return hasRunOut && (alive === undefined || runner_kind === LAUNCHING);
  });
}
