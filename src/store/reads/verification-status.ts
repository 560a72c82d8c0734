import type { Selectable } from "kysely";
import type { TargetKey } from "../../domain/fraise.ts";
import type { StoreContext } from "../store-context.ts";
import type { VerificationStatusView } from "../tables.ts";

/** How the last verification of each target ended, of whatever revision. */
export async function verificationStatus(
  { db }: StoreContext,
  filter: Partial<TargetKey> = {},
): Promise<readonly Selectable<VerificationStatusView>[]> {
  let query = db.selectFrom("v_verification_status").selectAll();
  if (filter.fraise !== undefined) query = query.where("fraise", "=", filter.fraise);
  if (filter.environment !== undefined) query = query.where("environment", "=", filter.environment);
  if (filter.job !== undefined) query = query.where("job", "=", filter.job);
  return await query.execute();
}
