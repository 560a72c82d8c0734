import { mustLiveHere } from "../../actions/targets/must-live-here.ts";
import type { App } from "../../compose/app.ts";
import { UsageError } from "../../domain/errors.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import { targetName } from "../../domain/fraise.ts";
import { ownIdentity } from "../../host/process-identity.ts";
import type { ProcessIdentity } from "../../host/process-identity.ts";
import { lifeOfHolder, livingLocks } from "../../queue/living-locks.ts";
import type { Occupant } from "../../store/writes/occupant.ts";
import { person } from "../person.ts";

/**
 * Keeps deployments of a target waiting until disposed of, also those that override locks. The lock ends with this process, however that ends. @param reason
 * shown to those who wait: `backup 1m7… is being restored`. @throws UsageError while a deployment of the target runs, or another process works on it.
 */
export async function takeTarget(
  { store }: Pick<App, "store">,
  target: TargetKey,
  reason: string,
): Promise<AsyncDisposable> {
  const { fraise, environment, job } = target;
  const [holder, by] = [JSON.stringify(ownIdentity()), person()];
  await mustLiveHere(store, target);
  await livingLocks(store);
  const lock = { fraise, environment, job, holder, reason, lockedBy: by, lockedAt: new Date().toISOString() };
  const occupied = await store.targets.occupy(lock);
  if (occupied !== undefined) throw inTheWay(target, occupied);
  return {
    async [Symbol.asyncDispose]() {
      // A store that does not answer must not hide the first error; the lock ends with this process in any case.
      await store.targets.unlock({ ...target, holder }, by, "").catch(() => false);
      store.poke();
    },
  };
}

/** Asks whether the target could be taken, without doing it: a command asks early, so that it does not prepare in vain. @throws UsageError */
export async function refuseWhileBusy({ store }: Pick<App, "store">, target: TargetKey): Promise<void> {
  const running = (await store.queue.state()).running.find((each) => targetName(each) === targetName(target));
  if (running !== undefined) throw inTheWay(target, { kind: "deployment", ...running });
  const locks = await livingLocks(store);
  const taken = locks.find(({ holder, ...lock }) => holder !== "" && targetName(lock) === targetName(target));
  if (taken !== undefined) throw inTheWay(target, { kind: "process", ...taken, by: taken.lockedBy });
}

function inTheWay(target: TargetKey, occupied: Occupant): UsageError {
  const name = targetName(target);
  if (occupied.kind === "deployment") {
    return new UsageError(`deployment ${occupied.id} of ${name} is ${occupied.status.replace("_", " ")}`, {
      hint: `Nothing was touched. Wait for it to end, or: fraisier cancel ${occupied.id}`,
    });
  }
  return new UsageError(`${name} is taken: ${occupied.reason}, by ${occupied.by}`, {
    hint: `Nothing was touched. ${whatHelps(target, occupied.holder)}`,
  });
}

/** It cannot be seen from here whether a process of another machine lives: its lock stays until a person removes it. */
function whatHelps({ fraise, environment, job }: TargetKey, holder: string): string {
  if (lifeOfHolder({ holder }) !== "unknown") return "Wait for it to end; fraisier lock lists what is locked.";
  const { host, pid } = JSON.parse(holder) as ProcessIdentity;
  const unlock = `fraisier unlock ${fraise} ${environment}${job === "" ? "" : ` --job ${job}`}`;
  return `Wait for it to end. Only there one can see whether process ${pid} of ${host} still works; if it does not: ${unlock}`;
}
