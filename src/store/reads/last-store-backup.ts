import type { Selectable } from "kysely";
import type { StoreContext } from "../store-context.ts";
import type { StoreBackupTable } from "../tables.ts";

/** The newest backup of this store that succeeded; undefined if there was none. */
export async function lastStoreBackup({
  db,
}: StoreContext): Promise<Omit<Selectable<StoreBackupTable>, "id"> | undefined> {
  return await db.selectFrom("tb_store_backup").select(["at", "file", "bytes", "made_by"]).executeTakeFirst();
}
