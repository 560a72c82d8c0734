import type { App } from "../app.ts";
import { UsageError } from "../domain/errors.ts";
import type { TargetKey } from "../domain/fraise.ts";
import { targetName } from "../domain/fraise.ts";
import { ownIdentity } from "../host/process-identity.ts";
import type { ProcessIdentity } from "../host/process-identity.ts";
import { lifeOfHolder, livingLocks } from "../queue/living-locks.ts";
import type { Occupant } from "../store/writes/occupant.ts";
import { person } from "./person.ts";

/**
 * Has a target for itself until disposed of: deployments of it wait, those that override locks as well. It goes with this process, however that ends.
 * @param reason what those who wait are told: `backup 1m7… is being restored`.
 * @throws UsageError while a deployment of it runs, or another process has it.
 */
export async function holdTarget(
  { store }: Pick<App, "store">,
  target: TargetKey,
  reason: string,
): Promise<AsyncDisposable> {
  const { fraise, environment, job } = target;
  const [holder, by] = [JSON.stringify(ownIdentity()), person()];
  await livingLocks(store);
  const lock = { fraise, environment, job, holder, reason, lockedBy: by, lockedAt: new Date().toISOString() };
  const occupied = await store.occupyTarget(lock);
  if (occupied !== undefined) throw inTheWay(target, occupied);
  return {
    async [Symbol.asyncDispose]() {
      // A store that is away must not hide what happened meanwhile; the lock ends with this process in any case.
      await store.unlockTarget(target, by, "", holder).catch(() => false);
      store.poke();
    },
  };
}

/** The same question without taking it: asked early, so that nobody prepares in vain. @throws UsageError */
export async function refuseWhileBusy({ store }: Pick<App, "store">, target: TargetKey): Promise<void> {
  const running = (await store.queueState()).running.find((each) => targetName(each) === targetName(target));
  if (running !== undefined) throw inTheWay(target, { kind: "deployment", ...running });
  const held = (await livingLocks(store)).find((each) => each.holder !== "" && targetName(each) === targetName(target));
  if (held !== undefined) throw inTheWay(target, { kind: "process", ...held, by: held.lockedBy });
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

/** Whether a process of another machine lives nobody can see from here: its lock stays until a person says so. */
function whatHelps({ fraise, environment, job }: TargetKey, holder: string): string {
  if (lifeOfHolder({ holder }) !== "unknown") return "Wait for it to end; fraisier lock lists what is locked.";
  const { host, pid } = JSON.parse(holder) as ProcessIdentity;
  const unlock = `fraisier unlock ${fraise} ${environment}${job === "" ? "" : ` --job ${job}`}`;
  return `Wait for it to end. Only there one can see whether process ${pid} of ${host} still works; if it does not: ${unlock}`;
}
