import { setTimeout as sleep } from "node:timers/promises";
import { HostUnavailable } from "../domain/errors.ts";
import { targetName } from "../domain/fraise.ts";
import { isAlive } from "../host/process-identity.ts";
import type { ProcessIdentity } from "../host/process-identity.ts";
import { launchers } from "../launchers/index.ts";
import { findDead, SILENT_MS } from "../queue/find-dead.ts";
import { watchSilence } from "../queue/silence.ts";
import type { RunningDeployment } from "../store/reads/queue-state.ts";
import { LAUNCHING } from "../store/writes/claim-deployment.ts";
import type { Damage, Mending, Repair, Scene } from "./repair.ts";

/** Several heartbeats of a runner, and as long as a locked store can keep one waiting. */
const WATCH_MS = 20_000;
/** systemd ends a runner that does not end by itself after 30 s. */
const END_MS = 40_000;

/** Deployments that no process works on, while no daemon is there to notice. */
export const deployments: Repair = {
  kind: "deployment",
  async find(scene) {
    // A daemon takes up what died within two seconds, and ends a runner that hangs.
    if (scene.isServed) return [];
    const { running } = await scene.store.queue.state();
    const names = new Set(scene.targets.map(targetName));
    const wanted = running.filter((each) => scene.isWhole || names.has(targetName(each)));
    const dead = new Set(findDead(wanted, watchSilence()));
    return wanted.flatMap((each) => (dead.has(each) ? deadOne(each) : (silentOne(each, scene) ?? [])));
  },
};

function deadOne(row: RunningDeployment): Damage {
  return {
    where: row.id,
    what: `deployment ${row.id} of ${targetName(row)} is ${inWords(row.status)} on record, and its runner is dead`,
    why: `${processOf(row)} does not exist any more, and no daemon runs that would take the deployment up`,
    targets: [],
    remedy: {
      does: "starts a runner that goes on with it, or takes it back, as the daemon would",
      mend: (hands) => hands.takeUp(row),
    },
  };
}

/** A runner that lives, or may live elsewhere, and gives no sign of life. */
function silentOne(row: RunningDeployment, scene: Scene): Damage | undefined {
  const { runnerIdentity: identity, leaseExpiresAt: until, runnerKind: kind } = row;
  if (identity === undefined || until === undefined || kind === LAUNCHING) return undefined;
  if (Date.now() - Date.parse(until) < SILENT_MS) return undefined;
  const what = `deployment ${row.id} of ${targetName(row)} is ${inWords(row.status)}, and its runner gives no sign of life`;
  const since = `${processOf(row)} should have renewed its lease by ${until}`;
  const life = isAlive(JSON.parse(identity) as ProcessIdentity);
  if (life === undefined) {
    return {
      where: row.id,
      what,
      why: `${since}; only its own machine or container shows whether it lives`,
      targets: [],
      remedy: { byHand: "Run fraisier repair there, or start the daemon here: it takes the deployment up after 30 s." },
    };
  }
  return { where: row.id, what, why: since, targets: [], remedy: endAndTakeUp(row, scene) };
}

function endAndTakeUp(row: RunningDeployment, { store }: Pick<Scene, "store">): Mending {
  return {
    does: `watches it for ${WATCH_MS / 1000} s, ends it if it stays silent, and takes the deployment up`,
    async mend(hands) {
      await sleep(WATCH_MS);
      const now = (await store.queue.state()).running.find(({ id }) => id === row.id);
      if (now === undefined || now.leaseExpiresAt !== row.leaseExpiresAt || now.leaseOwner !== row.leaseOwner)
        return "left alone: it has given a sign of life, or has ended";
      await end(row);
      return `ended ${processOf(row)}; ${await hands.takeUp(now)}`;
    },
  };
}

async function end({ id, runnerKind: kind, runnerIdentity: identity }: RunningDeployment): Promise<void> {
  const runner = JSON.parse(identity ?? "{}") as ProcessIdentity;
  const launcher = launchers.find(({ name }) => name === kind);
  if (launcher === undefined) throw new HostUnavailable(`it is not known how to end a runner of the kind ${kind}`);
  await launcher.stop(id, runner.pid);
  const deadline = performance.now() + END_MS;
  while (isAlive(runner) === true) {
    if (performance.now() > deadline) throw new HostUnavailable(`process ${runner.pid} does not end`);
    await sleep(100);
  }
}

function processOf({ runnerIdentity: identity }: RunningDeployment): string {
  if (identity === undefined) return "its process";
  const { pid, host } = JSON.parse(identity) as ProcessIdentity;
  return `process ${pid} of ${host}`;
}

function inWords(status: string): string {
  return status.replace("_", " ");
}
