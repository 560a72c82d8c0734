import type { StoreContext } from "../store-context.ts";

/** Asks a daemon to read its settings again. Gives the number that its answer will reach; undefined if the daemon has no row any more. */
export async function askReload({ db }: StoreContext, daemon: string): Promise<number | undefined> {
  const row = await db
    .updateTable("tb_daemon")
    .set(({ eb }) => ({ reload_asked: eb("reload_asked", "+", 1) }))
    .where("id", "=", daemon)
    .returning("reload_asked")
    .executeTakeFirst();
  return row?.reload_asked;
}
