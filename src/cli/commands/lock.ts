import { lockName } from "../../domain/lock.ts";
import { lockTargets } from "../../actions/lock-targets.ts";
import { livingLocks } from "../../queue/living-locks.ts";
import type { Invocation } from "../command-entry.ts";
import { lockKey } from "../../actions/targets/lock-key.ts";
import type { LockOptions } from "../../actions/targets/lock-key.ts";
import { person } from "../person.ts";
import { harmless } from "../../domain/harmless.ts";
import { withReader } from "../../compose/with-store.ts";

export async function run({ args, options, print }: Invocation<LockOptions>): Promise<number> {
  return await withReader(options.config, async ({ config, store }) => {
    if (args.length === 0 && options.all !== true && options.reason === undefined) {
      const locks = await livingLocks(store);
      if (print.isJson) print.json({ locks });
      else if (locks.length === 0) print.line("Nothing is locked.");
      else
        print.table(
          ["LOCKED", { title: "SINCE", leaves: 1 }, "BY", "WHY"],
          locks.map((lock) => [
            lockName(lock),
            print.time(lock.lockedAt),
            harmless(lock.lockedBy),
            harmless(lock.reason),
          ]),
        );
      return 0;
    }
    const key = lockKey(config, args, options);
    const { locked, replaced } = await lockTargets({ store }, key, options.reason, person());
    if (print.isJson) {
      print.json({ locked, replaced: replaced ?? null });
      return 0;
    }
    print.line(
      `${lockName(key)} is locked: what is pushed waits until fraisier unlock. Deployments that run now go on.`,
    );
    if (replaced !== undefined) {
      const { lockedBy, lockedAt, reason } = replaced;
      print.line(harmless(`It takes the place of the lock of ${lockedBy} since ${lockedAt}: ${reason}`));
    }
    return 0;
  });
}
