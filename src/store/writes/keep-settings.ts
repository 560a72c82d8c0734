import type { StoreContext } from "../store-context.ts";
import { LeaseLost } from "./lease-lost.ts";

export interface Kept {
  readonly hash: string;
  /** Without literal secrets. */
  readonly text: string;
  /** The secrets taken out of the text, sealed. Forgotten when the deployment ends. */
  readonly secrets: Uint8Array | undefined;
}

/**
 * A deployment keeps the settings it begins with: every later attempt, its end and its way back use these. Written once, by its first runner, before the
 * first step. @throws LeaseLost
 */
export async function keepSettings(
  { db }: StoreContext,
  id: string,
  owner: string,
  { hash, text, secrets }: Kept,
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await tx
      .insertInto("tb_settings")
      .values({ hash, text })
      .onConflict((conflict) => conflict.column("hash").doNothing())
      .execute();
    const { numUpdatedRows } = await tx
      .updateTable("tb_deployment")
      .set({ settings: hash })
      .where("id", "=", id)
      .where("lease_owner", "=", owner)
      .where("settings", "is", null)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) throw new LeaseLost(id);
    if (secrets !== undefined)
      await tx.insertInto("tb_kept_secret").values({ deployment_id: id, sealed: secrets }).execute();
  });
}
