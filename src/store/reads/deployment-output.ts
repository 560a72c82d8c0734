import type { LogLine } from "../../domain/log-line.ts";
import type { StoreContext } from "../store-context.ts";

/** The next lines of a deployment's log after `after` (0: from the start), oldest first. */
export async function deploymentOutput(
  { db }: StoreContext,
  id: string,
  after: number,
  limit: number,
): Promise<readonly LogLine[]> {
  return await db
    .selectFrom("tb_deployment_log")
    .select(["sequence", "at", "step", "stream", "line"])
    .where("deployment_id", "=", id)
    .where("sequence", ">", after)
    .orderBy("sequence")
    .limit(limit)
    .execute();
}
