import { sql } from "kysely";
import type { Placement } from "../../domain/fraise.ts";
import type { SerialTransaction } from "./serially.ts";

/** Whether a deployment of this target on this host waits in the queue already. Part of its caller's transaction. */
export async function hasQueued(
  tx: SerialTransaction,
  { fraise, environment, job, host }: Placement,
): Promise<boolean> {
  const waiting = await tx
    .selectFrom("tb_deployment")
    .select("id")
    .where((where) => where.and({ fraise, environment, job, host }))
    // Written out, not bound: only then does SQLite see that the partial index serves.
    .where("status", "=", sql.lit("queued" as const))
    .executeTakeFirst();
  return waiting !== undefined;
}
