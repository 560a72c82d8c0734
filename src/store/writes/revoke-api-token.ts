import type { StoreContext } from "../store-context.ts";
import { recordAction } from "./record-action.ts";

/** From here on the token opens nothing. False if it is revoked already. */
export async function revokeApiToken(
  { db }: StoreContext,
  { id, name }: { readonly id: string; readonly name: string },
  by: string,
): Promise<boolean> {
  return await db.transaction().execute(async (tx) => {
    const { numUpdatedRows } = await tx
      .updateTable("tb_api_token")
      .set({ revoked_at: new Date().toISOString(), revoked_by: by })
      .where("id", "=", id)
      .where("revoked_at", "is", null)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return false;
    await recordAction(tx, { action: "revoke token", by, subject: id, reason: name });
    return true;
  });
}
