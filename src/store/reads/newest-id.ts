import type { StoreContext } from "../store-context.ts";

/** The last id given to a deployment or a delivery; undefined in an empty store. */
export async function newestId({ db }: Pick<StoreContext, "db">): Promise<string | undefined> {
  const ids: string[] = [];
  for (const table of ["tb_deployment", "tb_webhook_event"] as const) {
    const row = await db.selectFrom(table).select("id").orderBy("id", "desc").limit(1).executeTakeFirst();
    if (row !== undefined) ids.push(row.id);
  }
  return ids.toSorted().at(-1);
}
