import type { Kysely } from "kysely";
import { callOf } from "../call.ts";
import type { StoreContext } from "../store-context.ts";
import type { Tables } from "../tables.ts";
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
  context: StoreContext,
  id: string,
  owner: string,
  { hash, text, secrets }: Kept,
): Promise<void> {
  const { isRepeat } = callOf(context);
  await context.db.transaction().execute(async (tx) => {
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
    if (numUpdatedRows === 0n) {
      if (isRepeat && (await hasKept(tx, id, owner, hash))) return;
      throw new LeaseLost(id);
    }
    if (secrets !== undefined)
      await tx.insertInto("tb_kept_secret").values({ deployment_id: id, sealed: secrets }).execute();
  });
}

/** Whether the owner of the lease has kept these settings: a runner does so once. */
async function hasKept(tx: Kysely<Tables>, id: string, owner: string, hash: string): Promise<boolean> {
  const found = await tx
    .selectFrom("tb_deployment")
    .select("id")
    .where((where) => where.and({ id, lease_owner: owner, settings: hash }))
    .executeTakeFirst();
  return found !== undefined;
}
