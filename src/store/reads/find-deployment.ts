import type { StoreContext } from "../store-context.ts";

/** Ids that a person may mean: the exact one, or those that start with what was typed (at most ten, newest first). */
export async function findDeployment({ db }: StoreContext, typed: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom("tb_deployment")
    .select("id")
    .where("id", ">=", typed)
    .where("id", "<", `${typed}\u{10ffff}`)
    .orderBy("id", "desc")
    .limit(10)
    .execute();
  return rows.map((row) => row.id);
}
