import type { StoreContext } from "../store-context.ts";

/** The deployments among these that were taken back for what their revision did. */
export async function badDeployments({ db }: StoreContext, ids: readonly string[]): Promise<readonly string[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .selectFrom("tb_deployment")
    .select("id")
    .where("id", "in", ids)
    .where("is_bad", "=", 1)
    .execute();
  return rows.map(({ id }) => id);
}
