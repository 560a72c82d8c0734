import type { Lock } from "../domain/lock.ts";
import type { ProcessIdentity } from "../host/process-identity.ts";
import { isAlive } from "../host/process-identity.ts";
import type { Store } from "../store/store.ts";

/** Every lock in force. Locks of dead processes are removed. */
export async function livingLocks(store: Pick<Store, "targets" | "onlyReads">): Promise<readonly Lock[]> {
  const locks = await store.targets.locks();
  const dead = locks.filter((lock) => lifeOfHolder(lock) === "dead");
  if (store.onlyReads() === undefined)
    for (const lock of dead) await store.targets.unlock(lock, "fraisier", "the process that held it died");
  return locks.filter((lock) => !dead.includes(lock));
}

/** Whether the process that set a lock lives; `unknown` for a process of another machine, undefined if a person set the lock. */
export function lifeOfHolder({ holder }: Pick<Lock, "holder">): "alive" | "dead" | "unknown" | undefined {
  if (holder === "") return undefined;
  const alive = isAlive(JSON.parse(holder) as ProcessIdentity);
  if (alive === undefined) return "unknown";
  return alive ? "alive" : "dead";
}
