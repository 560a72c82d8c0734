import type { Selectable } from "kysely";
import { retryDelay, retryName } from "../../domain/retry.ts";
import type { DeploymentTable } from "../tables/deployment-tables.ts";
import { hasQueued } from "./has-queued.ts";
import { queueAgain } from "./queue-again.ts";
import type { SerialTransaction } from "./serially.ts";

/** Why a deployment is tried again, and how often that may happen. */
export interface Retry {
  readonly limit: number;
  readonly because: string;
}

/**
 * Queues the deployment that has just ended once more, as a deployment of its own that may not start before some time has passed. It is not queued if something
 * newer waits already, if a person has cancelled it, and once the limit is reached. Part of its caller's transaction.
 */
export async function queueRetry(
  tx: SerialTransaction,
  row: Selectable<DeploymentTable>,
  { limit, because }: Retry,
  at: string,
): Promise<void> {
  // Going back by hand is what a person waits for, who decides anew.
  if (row.retry >= limit || row.cancel_requested_by !== null || row.trigger === "rollback") return;
  if (await hasQueued(tx, row)) return;
  const retry = row.retry + 1;
  await queueAgain(tx, row, {
    reason: `${retryName(retry, limit)} of deployment ${row.retry_of ?? row.id}: ${because}`,
    queued_at: at,
    retry,
    retry_limit: limit,
    not_before: new Date(Date.parse(at) + retryDelay(retry)).toISOString(),
  });
}
