import type { StoreContext } from "../store-context.ts";

/** A backup of the store itself. */
export interface StoreBackup {
  readonly at: string;
  /** "-" if it was written to standard output. */
  readonly file: string;
  readonly bytes: number;
  readonly madeBy: string;
}

/** A backup of the store succeeded: it replaces the record of the one before it. */
export async function recordStoreBackup({ db }: StoreContext, { at, file, bytes, madeBy }: StoreBackup): Promise<void> {
  const backup = { at, file, bytes, made_by: madeBy };
  await db
    .insertInto("tb_store_backup")
    .values({ id: 1, ...backup })
    .onConflict((conflict) => conflict.column("id").doUpdateSet(backup))
    .execute();
}
