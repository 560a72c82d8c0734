import { lockName } from "../../domain/lock.ts";
import { unlockTargets } from "../../actions/unlock-targets.ts";
import { livingLocks } from "../../queue/living-locks.ts";
import type { Invocation } from "../command-entry.ts";
import { lockKey } from "../../actions/targets/lock-key.ts";
import type { LockOptions } from "../../actions/targets/lock-key.ts";
import { person } from "../person.ts";
import { withReader } from "../../compose/with-store.ts";

export async function run({ args, options, print }: Invocation<LockOptions>): Promise<number> {
  return await withReader(options.config, async ({ config, store }) => {
    const key = lockKey(config, args, options, await livingLocks(store));
    const left = await unlockTargets({ store }, key, options.reason ?? "", person());
    if (print.isJson) print.json({ unlocked: key, still_locked: left });
    else if (left.length > 0) print.line(`${lockName(key)} is unlocked, but locked as well: ${left.join(", ")}.`);
    else
      print.line(`${lockName(key)} is unlocked: what waited for it starts, unless a freeze window keeps it waiting.`);
    return 0;
  });
}
