import type { Selectable } from "kysely";
import { sql } from "kysely";
import type { TargetKey } from "../../domain/fraise.ts";
import { targetName } from "../../domain/fraise.ts";
import type { StoreContext } from "../store-context.ts";
import type { FraiseStatusView } from "../tables.ts";

/** A deployment that could not be taken back, and after which none has succeeded: the host may hold parts of it. */
interface Unrestored {
  readonly unrestored_id: string | null;
  readonly unrestored_revision: string | null;
  readonly unrestored_reason: string | null;
}

const RESTORED: Unrestored = { unrestored_id: null, unrestored_revision: null, unrestored_reason: null };

/** The state of every known target: what runs, what is being deployed, what waits, how the last one ended. By name. */
export async function targetStatus(
  { db }: StoreContext,
  filter: Partial<TargetKey> = {},
): Promise<readonly (Selectable<FraiseStatusView> & Unrestored)[]> {
  let query = db.selectFrom("v_fraise_status").selectAll().orderBy("fraise").orderBy("environment").orderBy("job");
  if (filter.fraise !== undefined) query = query.where("fraise", "=", filter.fraise);
  if (filter.environment !== undefined) query = query.where("environment", "=", filter.environment);
  if (filter.job !== undefined) query = query.where("job", "=", filter.job);
  const rows = await query.execute();
  const unrestored = await unrestoredTargets({ db });
  return rows.map((row) => ({ ...row, ...(unrestored.get(targetName(row)) ?? RESTORED) }));
}

/** By the name of the target. A failed rollback stays in force until a newer deployment is live: another one that is taken back only returns to what it found. */
async function unrestoredTargets({ db }: Pick<StoreContext, "db">): Promise<ReadonlyMap<string, Unrestored>> {
  const rows = await db
    .selectFrom("tb_deployment as d")
    .innerJoin("tb_fraise_state as s", (join) =>
      join.onRef("s.fraise", "=", "d.fraise").onRef("s.environment", "=", "d.environment").onRef("s.job", "=", "d.job"),
    )
    .select(["d.fraise", "d.environment", "d.job", "d.id", "d.revision", "d.reason"])
    .where("d.status", "=", "rollback_failed")
    .where(sql<boolean>`d.id > coalesce(s.deployment_id, '')`)
    .orderBy("d.id")
    .execute();
  return new Map(
    rows.map((row) => [
      targetName(row),
      { unrestored_id: row.id, unrestored_revision: row.revision, unrestored_reason: row.reason },
    ]),
  );
}
