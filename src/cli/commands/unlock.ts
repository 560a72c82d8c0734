import { openReader } from "../../compose/app.ts";
import { UsageError } from "../../domain/errors.ts";
import { covers, lockName } from "../../domain/lock.ts";
import type { ProcessIdentity } from "../../host/process-identity.ts";
import { lifeOfHolder, livingLocks } from "../../queue/living-locks.ts";
import type { Invocation } from "../command-entry.ts";
import { lockKey } from "../targets/lock-key.ts";
import type { LockOptions } from "../targets/lock-key.ts";
import { person } from "../person.ts";

export async function run({ args, options, print }: Invocation<LockOptions>): Promise<number> {
  const { config, store } = await openReader(options.config);
  try {
    const locks = await livingLocks(store);
    const key = lockKey(config, args, options, locks);
    const held = locks.filter((lock) => lock.holder !== "" && covers(key, lock));
    const isUnlocked = await store.targets.unlock(key, person(), options.reason ?? "");
    // Only the process's own machine can tell whether it lives. A person who unlocks knows it.
    const gone = held.filter((lock) => lifeOfHolder(lock) === "unknown");
    for (const lock of gone) await store.targets.unlock(lock, person(), options.reason ?? "", lock.holder);
    const occupant = held.find((lock) => !gone.includes(lock));
    if (!isUnlocked && gone.length === 0 && occupant !== undefined) {
      throw new UsageError(`${lockName(occupant)} is locked by a process that is still at work: ${occupant.reason}`, {
        hint: `Wait for it, or end it: process ${(JSON.parse(occupant.holder) as ProcessIdentity).pid}.`,
      });
    }
    if (!isUnlocked && gone.length === 0) {
      const others = (await store.targets.locks()).map(lockName);
      throw new UsageError(`${lockName(key)} is not locked under this name`, {
        hint: others.length === 0 ? "Nothing is locked." : `Locked are: ${others.join(", ")}.`,
      });
    }
    store.poke();
    const left = (await store.targets.locks()).filter((lock) => covers(lock, key) || covers(key, lock)).map(lockName);
    if (print.isJson) print.json({ unlocked: key, still_locked: left });
    else if (left.length > 0) print.line(`${lockName(key)} is unlocked, but locked as well: ${left.join(", ")}.`);
    else
      print.line(`${lockName(key)} is unlocked: what waited for it starts, unless a freeze window keeps it waiting.`);
    return 0;
  } finally {
    await store.close();
  }
}
