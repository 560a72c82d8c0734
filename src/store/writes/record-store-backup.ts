import type { StoreContext } from "../store-context.ts";
import type { StoreBackupTable } from "../tables.ts";

/** A backup of the store succeeded: it replaces the record of the one before it. */
export async function recordStoreBackup({ db }: StoreContext, backup: Omit<StoreBackupTable, "id">): Promise<void> {
  await db
    .insertInto("tb_store_backup")
    .values({ id: 1, ...backup })
    .onConflict((conflict) => conflict.column("id").doUpdateSet(backup))
    .execute();
}
