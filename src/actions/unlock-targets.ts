import { UsageError } from "../domain/errors.ts";
import type { TargetKey } from "../domain/fraise.ts";
import { covers, lockName } from "../domain/lock.ts";
import type { Lock } from "../domain/lock.ts";
import type { ProcessIdentity } from "../host/process-identity.ts";
import { lifeOfHolder, livingLocks } from "../queue/living-locks.ts";
import type { Finding } from "./acting.ts";

/** Takes a lock away. Gives the names of locks that still keep the same targets waiting. @throws UsageError if nothing is locked under this name, or a living process holds it. */
export async function unlockTargets(
  { store }: Pick<Finding, "store">,
  key: TargetKey,
  reason: string,
  by: string,
): Promise<readonly string[]> {
  const held = (await livingLocks(store)).filter((lock) => lock.holder !== "" && covers(key, lock));
  const isUnlocked = await store.targets.unlock(key, by, reason);
  // Only the process's own machine can tell whether it lives. A person who unlocks knows it.
  const gone = held.filter((lock) => lifeOfHolder(lock) === "unknown");
  for (const lock of gone) await store.targets.unlock(lock, by, reason);
  const locks = await store.targets.locks();
  if (!isUnlocked && gone.length === 0) throw notUnlocked(key, held[0], locks);
  store.poke();
  return locks.filter((lock) => covers(lock, key) || covers(key, lock)).map(lockName);
}

function notUnlocked(key: TargetKey, occupant: Lock | undefined, locks: readonly Lock[]): UsageError {
  if (occupant !== undefined)
    return new UsageError(`${lockName(occupant)} is locked by a process that is still at work: ${occupant.reason}`, {
      hint: `Wait for it, or end it: process ${(JSON.parse(occupant.holder) as ProcessIdentity).pid}.`,
    });
  return new UsageError(`${lockName(key)} is not locked under this name`, {
    hint: locks.length === 0 ? "Nothing is locked." : `Locked are: ${locks.map(lockName).join(", ")}.`,
  });
}
