import { sql } from "kysely";
import type { StoreContext } from "../store-context.ts";

/** Rows that are looked at: the beginning of a hash is that of few revisions, but one revision may have been pushed often. */
const LOOKED_AT = 500;

/** The newest deployments and deliveries that speak of a revision, by the beginning of its hash; newest first. */
export async function findRevision(
  { db }: StoreContext,
  typed: string,
  limit = 20,
): Promise<{ readonly deployments: readonly string[]; readonly deliveries: readonly string[] }> {
  if (typed === "") return { deployments: [], deliveries: [] };
  // Sorts behind every hash that begins so.
  const end = `${typed}~`;
  const start = sql<string>`substr(revision, 1, 8)`;
  let deployed = db.selectFrom("tb_deployment").select("id");
  // The index holds eight digits of a hash. Fewer are a range in it, and more are compared with the rows that begin like them.
  if (typed.length < 8) deployed = deployed.where(start, ">=", typed).where(start, "<", end);
  else
    deployed = deployed.where(start, "=", typed.slice(0, 8)).where("revision", ">=", typed).where("revision", "<", end);
  const deployments = await deployed.orderBy(start, "desc").orderBy("id", "desc").limit(LOOKED_AT).execute();
  const undeployed = await db
    .selectFrom("tb_webhook_decision")
    .select("event_id as id")
    .where("revision", ">=", typed)
    .where("revision", "<", end)
    // Written out, not bound: only then does SQLite see that the partial index serves.
    .where(sql<boolean>`revision <> '' and (decision <> 'queued' or substr(ref, 1, 10) = 'refs/tags/')`)
    .orderBy("revision", "desc")
    .orderBy("event_id", "desc")
    .limit(LOOKED_AT)
    .execute();
  const found = newest(deployments, LOOKED_AT);
  const deliveries = [...undeployed, ...(await deliveriesOfAll({ db }, found))];
  return { deployments: found.slice(0, limit), deliveries: newest(deliveries, limit) };
}

function newest(rows: readonly { readonly id: string }[], limit: number): readonly string[] {
  const ids = new Set(rows.map(({ id }) => id));
  return [...ids].toSorted((a, b) => (a < b ? 1 : -1)).slice(0, limit);
}

/** The deliveries that led to these deployments. */
async function deliveriesOfAll(
  { db }: Pick<StoreContext, "db">,
  deployments: readonly string[],
): Promise<readonly { readonly id: string }[]> {
  if (deployments.length === 0) return [];
  return await db
    .selectFrom("tb_webhook_decision")
    .select("event_id as id")
    .where("deployment_id", "is not", null)
    .where("deployment_id", "in", deployments)
    .where("decision", "=", "queued")
    .execute();
}
