import type { Insertable, Selectable } from "kysely";
import { newId } from "../../domain/id.ts";
import type { DeploymentTable } from "../tables/deployment-tables.ts";
import type { SerialTransaction } from "./serially.ts";

/** The columns in which a deployment differs from the one that it stands for. */
type Difference = Pick<Insertable<DeploymentTable>, "reason" | "queued_at"> &
  Partial<Pick<Insertable<DeploymentTable>, "retry" | "retry_limit" | "not_before">>;

/**
 * Queues a deployment that stands for an earlier one of the same target on the same host: it wants what that one wanted, for the person who asked for that one. Part of its caller's
 * transaction. @returns its id.
 */
export async function queueAgain(
  tx: SerialTransaction,
  earlier: Selectable<DeploymentTable>,
  difference: Difference,
): Promise<string> {
  const id = newId();
  await tx
    .insertInto("tb_deployment")
    .values({
      id,
      fraise: earlier.fraise,
      environment: earlier.environment,
      job: earlier.job,
      host: earlier.host,
      trigger: earlier.trigger,
      triggered_by: earlier.triggered_by,
      revision: earlier.revision,
      previous_pushed: earlier.previous_pushed,
      ref_kind: earlier.ref_kind,
      ref_name: earlier.ref_name,
      forced: earlier.forced,
      message: earlier.message,
      options: earlier.options,
      status: "queued",
      phase: "queued",
      progress: 0,
      hint: "",
      attempt: 0,
      override_by: earlier.override_by,
      override_reason: earlier.override_reason,
      returns_to: earlier.returns_to,
      retry: earlier.retry,
      retry_limit: earlier.retry_limit,
      retry_of: earlier.retry_of ?? earlier.id,
      ...difference,
    })
    .execute();
  return id;
}
