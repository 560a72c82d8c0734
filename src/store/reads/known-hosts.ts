import type { StoreContext } from "../store-context.ts";

/** The names of the hosts that share this store, by name; the host of this process alone if no daemon has served the store yet. */
export async function knownHosts({ db, host }: Pick<StoreContext, "db" | "host">): Promise<readonly string[]> {
  const rows = await db.selectFrom("tb_host").select("name").orderBy("name").execute();
  return rows.length === 0 ? [host] : rows.map(({ name }) => name);
}
