import { sql } from "kysely";
import type { DeploymentStatus } from "../../domain/deployment.ts";
import type { Lock } from "../../domain/lock.ts";
import type { StoreContext } from "../store-context.ts";
import { recordAction } from "./record-action.ts";

/** What keeps a process from having a target for itself. */
export type Occupied =
  | { readonly kind: "deployment"; readonly id: string; readonly status: DeploymentStatus }
  | { readonly kind: "process"; readonly reason: string; readonly by: string; readonly holder: string };

/**
 * Gives a target to a process (`lock.holder`) that works on it by hand: no deployment starts there until it is unlocked, whatever it overrides. Gives
 * what stands in the way instead where something runs, or another process has it.
 */
export async function occupyTarget({ db }: StoreContext, lock: Lock): Promise<Occupied | undefined> {
  const { fraise, environment, job, holder, reason, lockedBy, lockedAt } = lock;
  return await db.transaction().execute(async (tx) => {
    const running = await tx
      .selectFrom("tb_deployment")
      .select(["id", "status"])
      .where((where) => where.and({ fraise, environment, job }))
      .where("status", "in", [sql.lit("running" as const), sql.lit("rolling_back" as const)])
      .executeTakeFirst();
    if (running !== undefined) return { kind: "deployment", ...running };
    const other = await tx
      .selectFrom("tb_lock")
      .select(["reason", "locked_by as by", "holder"])
      .where((where) => where.and({ fraise, environment, job }))
      .where("holder", "<>", "")
      .executeTakeFirst();
    if (other !== undefined) return { kind: "process", ...other };
    await tx
      .insertInto("tb_lock")
      .values({ fraise, environment, job, holder, reason, locked_by: lockedBy, locked_at: lockedAt })
      .execute();
    await recordAction(tx, { action: "lock", by: lockedBy, fraise, environment, job, reason });
    return undefined;
  });
}
