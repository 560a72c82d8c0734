import type { Transaction } from "kysely";
import type { Tables } from "../tables.ts";

/** The key that the values are sealed for; undefined before the first one. Within a write's transaction nobody changes it meanwhile. */
export async function currentRecipient(tx: Transaction<Tables>): Promise<string | undefined> {
  return (await tx.selectFrom("tb_variable_key").select("recipient").where("id", "=", 1).executeTakeFirst())?.recipient;
}

export async function recordRecipient(tx: Transaction<Tables>, recipient: string): Promise<void> {
  const since = new Date().toISOString();
  await tx
    .insertInto("tb_variable_key")
    .values({ id: 1, recipient, since })
    .onConflict((conflict) => conflict.column("id").doUpdateSet({ recipient, since }))
    .execute();
}
