import type { Selectable } from "kysely";
import type { TargetKey } from "../../domain/fraise.ts";
import type { StoreContext } from "../store-context.ts";
import type { FraiseStatusView } from "../tables.ts";

/** The state of every known target: what runs, what is being deployed, what waits, how the last one ended. By name. */
export async function targetStatus(
  { db }: StoreContext,
  filter: Partial<TargetKey> = {},
): Promise<readonly Selectable<FraiseStatusView>[]> {
  let query = db.selectFrom("v_fraise_status").selectAll().orderBy("fraise").orderBy("environment").orderBy("job");
  if (filter.fraise !== undefined) query = query.where("fraise", "=", filter.fraise);
  if (filter.environment !== undefined) query = query.where("environment", "=", filter.environment);
  if (filter.job !== undefined) query = query.where("job", "=", filter.job);
  return await query.execute();
}
