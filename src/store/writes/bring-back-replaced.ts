import type { Selectable } from "kysely";
import { replacedDeployments } from "../reads/replaced-deployments.ts";
import type { Replaced } from "../reads/replaced-deployments.ts";
import type { DeploymentTable } from "../tables/deployment-tables.ts";
import { hasQueued } from "./has-queued.ts";
import { queueAgain } from "./queue-again.ts";
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
  const id = await queueAgain(tx, row, {
    reason: `takes the place of deployment ${row.id} again: ${needless}, which had replaced it, is not needed`,
    queued_at: new Date().toISOString(),
  });
  await tx.updateTable("tb_deployment").set({ superseded_by: id }).where("id", "=", row.id).execute();
}

async function rowOf(tx: SerialTransaction, id: string): Promise<Selectable<DeploymentTable> | undefined> {
  return await tx.selectFrom("tb_deployment").selectAll().where("id", "=", id).executeTakeFirst();
}
