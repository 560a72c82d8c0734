import { covers, lockName } from "../domain/lock.ts";
import type { Lock } from "../domain/lock.ts";
import type { ProcessIdentity } from "../host/process-identity.ts";
import { lifeOfHolder } from "../queue/living-locks.ts";
import type { Damage, Repair, Scene } from "./repair.ts";

/** Locks in the store whose process is dead. A person's lock is no damage. */
export const locks: Repair = {
  kind: "lock",
  async find(scene) {
    const all = await scene.store.targets.locks();
    const wanted = all.filter((lock) => scene.isWhole || scene.targets.some((target) => covers(lock, target)));
    return wanted.flatMap((lock) => damageOf(lock, scene) ?? []);
  },
};

function damageOf(lock: Lock, { store }: Scene): Damage | undefined {
  const life = lifeOfHolder(lock);
  if (life === undefined || life === "alive") return undefined;
  const { pid, host } = JSON.parse(lock.holder) as ProcessIdentity;
  const name = lockName(lock);
  const common = {
    where: name,
    what: `${name} is locked by a process: ${lock.reason}, by ${lock.lockedBy}`,
    targets: [],
  };
  if (life === "unknown") {
    const { fraise, environment, job } = lock;
    const command = `fraisier unlock ${fraise} ${environment}${job === "" ? "" : ` --job ${job}`}`;
    return {
      ...common,
      why: `only ${host} shows whether process ${pid} still works`,
      remedy: { byHand: `If it does not: ${command}` },
    };
  }
  return {
    ...common,
    why: `process ${pid}, which holds the lock, does not exist any more`,
    remedy: {
      does: "takes the lock away",
      mend: async () =>
        (await store.targets.unlock(lock, "fraisier", "the process that held it died"))
          ? `${name} is unlocked`
          : "it was unlocked meanwhile",
    },
  };
}
