import type { StoreContext } from "../store-context.ts";

/** From here on the session opens nothing. */
export async function endSession({ db }: StoreContext, hash: Uint8Array): Promise<void> {
  await db.deleteFrom("tb_session").where("hash", "=", hash).execute();
}
