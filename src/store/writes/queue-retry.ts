import type { Selectable } from "kysely";
import { newId } from "../../domain/id.ts";
import { retryDelay, retryName } from "../../domain/retry.ts";
import type { DeploymentTable } from "../tables.ts";
import { hasQueued } from "./has-queued.ts";
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
  const { fraise, environment, job } = row;
  if (await hasQueued(tx, row)) return;
  const retry = row.retry + 1;
  await tx
    .insertInto("tb_deployment")
    .values({
      id: newId(),
      fraise,
      environment,
      job,
      trigger: row.trigger,
      triggered_by: row.triggered_by,
      revision: row.revision,
      previous_pushed: row.previous_pushed,
      ref_kind: row.ref_kind,
      ref_name: row.ref_name,
      forced: row.forced,
      message: row.message,
      options: row.options,
      status: "queued",
      phase: "queued",
      progress: 0,
      reason: `${retryName(retry, limit)} of deployment ${row.retry_of ?? row.id}: ${because}`,
      hint: "",
      attempt: 0,
      queued_at: at,
      override_by: row.override_by,
      override_reason: row.override_reason,
      retry,
      retry_limit: limit,
      retry_of: row.retry_of ?? row.id,
      not_before: new Date(Date.parse(at) + retryDelay(retry)).toISOString(),
    })
    .execute();
}
