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
  const deployments = await db
    .selectFrom("tb_deployment")
    .select("id")
    .where("revision", ">=", typed)
    .where("revision", "<", end)
    .orderBy("revision", "desc")
    .orderBy("id", "desc")
    .limit(LOOKED_AT)
    .execute();
  const deliveries = await db
    .selectFrom("tb_webhook_decision")
    .select("event_id as id")
    .where("revision", ">=", typed)
    .where("revision", "<", end)
    // Written out, not bound: only then does SQLite see that the partial index serves.
    .where(sql<boolean>`revision <> ''`)
    .orderBy("revision", "desc")
    .orderBy("event_id", "desc")
    .limit(LOOKED_AT)
    .execute();
  return { deployments: newest(deployments, limit), deliveries: newest(deliveries, limit) };
}

function newest(rows: readonly { readonly id: string }[], limit: number): readonly string[] {
  const ids = new Set(rows.map(({ id }) => id));
  return [...ids].toSorted((a, b) => (a < b ? 1 : -1)).slice(0, limit);
}
