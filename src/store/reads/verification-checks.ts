import type { CheckStatus } from "../../domain/verification.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import type { StoreContext } from "../store-context.ts";

/** A check as a run of a suite saw it. */
export interface CheckRecord extends TargetKey {
  /** The id of the run; its checks are numbered from 1. */
  readonly id: string;
  readonly sequence: number;
  readonly revision: string;
  readonly type: string;
  readonly name: string;
  readonly status: CheckStatus;
  readonly seen: string;
  readonly durationMs: number;
  readonly at: string;
}

/** The observations of the checks of one deployment, in their order. */
export async function verificationChecks({ db }: StoreContext, deployment: string): Promise<readonly CheckRecord[]> {
  return await db
    .selectFrom("tb_verification")
    .select(["id", "sequence", "fraise", "environment", "job", "revision", "type", "name", "status", "seen", "at"])
    .select("duration_ms as durationMs")
    .where("deployment_id", "=", deployment)
    .orderBy("id")
    .orderBy("sequence")
    .execute();
}
