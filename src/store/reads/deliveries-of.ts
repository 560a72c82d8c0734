import type { StoreContext } from "../store-context.ts";

/** The deliveries that led to a deployment, or were told that it takes care of them: oldest first, at most fifty. */
export async function deliveriesOf({ db }: StoreContext, deployment: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom("tb_webhook_decision")
    .select("event_id")
    .where("deployment_id", "=", deployment)
    .where("deployment_id", "is not", null)
    .limit(50)
    .execute();
  return [...new Set(rows.map(({ event_id }) => event_id))].toSorted();
}
