import type { Selectable } from "kysely";
import { newId } from "../../domain/id.ts";
import { replacedDeployments } from "../reads/replaced-deployments.ts";
import type { Replaced } from "../reads/replaced-deployments.ts";
import type { DeploymentTable } from "../tables.ts";
import { hasQueued } from "./has-queued.ts";
import type { SerialTransaction } from "./serially.ts";

/**
 * A deployment turned out to be needless: the last one that it had replaced while it waited takes its place in the queue again, as a deployment of its own that the
 * replaced one names as its successor. Nothing is done if something newer waits. Part of its caller's transaction.
 * @param isWanted says no to those that are needless, too.
 */
export async function bringBackReplaced(
  tx: SerialTransaction,
  needless: string,
  isWanted: (replaced: Replaced) => boolean,
): Promise<void> {
  const ended = await rowOf(tx, needless);
  if (ended === undefined || (await hasQueued(tx, ended))) return;
  const found = (await replacedDeployments({ db: tx }, needless)).find(isWanted);
  const row = found === undefined ? undefined : await rowOf(tx, found.id);
  if (row === undefined) return;
  const id = newId();
  await tx
    .insertInto("tb_deployment")
    .values({
      id,
      fraise: row.fraise,
      environment: row.environment,
      job: row.job,
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
      reason: `takes the place of deployment ${row.id} again: ${needless}, which had replaced it, is not needed`,
      hint: "",
      attempt: 0,
      queued_at: new Date().toISOString(),
      override_by: row.override_by,
      override_reason: row.override_reason,
      returns_to: row.returns_to,
      retry: row.retry,
      retry_limit: row.retry_limit,
      retry_of: row.retry_of ?? row.id,
    })
    .execute();
  await tx.updateTable("tb_deployment").set({ superseded_by: id }).where("id", "=", row.id).execute();
}

async function rowOf(tx: SerialTransaction, id: string): Promise<Selectable<DeploymentTable> | undefined> {
  return await tx.selectFrom("tb_deployment").selectAll().where("id", "=", id).executeTakeFirst();
}
