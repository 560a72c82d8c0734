import type { StoreContext } from "../store-context.ts";
import type { StoreBackup } from "../writes/record-store-backup.ts";

/** The newest backup of this store that succeeded; undefined if there was none. */
export async function lastStoreBackup({ db }: StoreContext): Promise<StoreBackup | undefined> {
  return await db.selectFrom("tb_store_backup").select(["at", "file", "bytes", "made_by as madeBy"]).executeTakeFirst();
}
