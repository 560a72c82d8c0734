import type { TargetKey } from "../../domain/fraise.ts";
import type { CheckStatus } from "../../domain/verification.ts";
import type { StoreContext } from "../store-context.ts";

/** The last run of a target's checks: as good as its worst check. */
export interface VerificationRun extends TargetKey {
  readonly id: string;
  /** Undefined for a run by hand. */
  readonly deployment: string | undefined;
  readonly revision: string;
  readonly status: CheckStatus;
  readonly at: string;
  readonly checks: number;
  readonly failed: number;
  readonly warned: number;
}

/** How the last verification of each target ended, of whatever revision. */
export async function verificationStatus(
  { db }: StoreContext,
  filter: Partial<TargetKey> = {},
): Promise<readonly VerificationRun[]> {
  let query = db.selectFrom("v_verification_status").selectAll();
  if (filter.fraise !== undefined) query = query.where("fraise", "=", filter.fraise);
  if (filter.environment !== undefined) query = query.where("environment", "=", filter.environment);
  if (filter.job !== undefined) query = query.where("job", "=", filter.job);
  const rows = await query.execute();
  return rows.map(({ deployment_id: deployment, ...rest }) => ({ ...rest, deployment: deployment ?? undefined }));
}
