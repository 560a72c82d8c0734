import type { WaitReason } from "../../domain/wait-reason.ts";
import { readWaitReason } from "../read-wait-reason.ts";
import type { StoreContext } from "../store-context.ts";

/** From this time on a deployment waited for this; undefined: for nothing that is recorded. */
export interface WaitRecord {
  readonly at: string;
  readonly reason: WaitReason | undefined;
}

/** The reasons for which a deployment waited, oldest first. */
export async function waitsOf({ db }: StoreContext, deployment: string): Promise<readonly WaitRecord[]> {
  const rows = await db
    .selectFrom("tb_deployment_wait")
    .select(["at", "reason"])
    .where("deployment_id", "=", deployment)
    .orderBy("sequence")
    .execute();
  return rows.map(({ at, reason }) => ({ at, reason: readWaitReason(reason) }));
}
