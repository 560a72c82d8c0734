import type { StoreContext } from "../store-context.ts";

/** SQLite takes some 32,000 variables. */
const AT_ONCE = 1_000;

/** The ids among these that are deployments on record. */
export async function recordedDeployments({ db }: StoreContext, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (let start = 0; start < ids.length; start += AT_ONCE) {
    const rows = await db
      .selectFrom("tb_deployment")
      .select("id")
      .where("id", "in", ids.slice(start, start + AT_ONCE))
      .execute();
    for (const { id } of rows) found.add(id);
  }
  return found;
}
