import type { Lock } from "../../domain/lock.ts";
import type { StoreContext } from "../store-context.ts";
import { occupantOf } from "./occupant.ts";
import type { Occupant } from "./occupant.ts";
import { recordAction } from "./record-action.ts";
import { serially } from "./serially.ts";

/**
 * Gives a target to a process (`lock.holder`) that works on it by hand: no deployment starts there until it is unlocked, whatever it overrides. Gives
 * what stands in the way instead where something runs, or another process has it.
 */
export async function occupyTarget({ db, host }: StoreContext, lock: Lock): Promise<Occupant | undefined> {
  const { fraise, environment, job, holder, reason, lockedBy, lockedAt } = lock;
  return await serially(db, async (tx) => {
    const occupant = await occupantOf(tx, { fraise, environment, job, host });
    if (occupant !== undefined) return occupant;
    await tx
      .insertInto("tb_lock")
      .values({ fraise, environment, job, holder, reason, locked_by: lockedBy, locked_at: lockedAt })
      .execute();
    await recordAction(tx, { action: "lock", by: lockedBy, fraise, environment, job, reason });
    return undefined;
  });
}
