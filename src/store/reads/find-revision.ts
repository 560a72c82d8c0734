import type { StoreContext } from "../store-context.ts";

/** How far back one looks: an index over hashes would cost every delivery two more pages. */
const NEWEST = 20_000;

/** The newest deployments and deliveries that speak of a revision, by the beginning of its hash; newest first. */
export async function findRevision(
  { db }: StoreContext,
  typed: string,
  limit = 20,
): Promise<{ readonly deployments: readonly string[]; readonly deliveries: readonly string[] }> {
  const deployments = await db
    .selectFrom((from) =>
      from.selectFrom("tb_deployment").select(["id", "revision"]).orderBy("id", "desc").limit(NEWEST).as("d"),
    )
    .select("id")
    .where("revision", "like", `${typed}%`)
    .limit(limit)
    .execute();
  const deliveries = await db
    .selectFrom((from) =>
      from
        .selectFrom("tb_webhook_decision")
        .select(["event_id", "revision"])
        .orderBy("event_id", "desc")
        .limit(NEWEST)
        .as("w"),
    )
    .select("event_id")
    .where("revision", "like", `${typed}%`)
    .limit(limit)
    .execute();
  return {
    deployments: deployments.map(({ id }) => id),
    deliveries: [...new Set(deliveries.map(({ event_id }) => event_id))],
  };
}
