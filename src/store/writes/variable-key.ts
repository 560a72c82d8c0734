import type { SerialTransaction } from "./serially.ts";

/** The key that the values are sealed for; undefined before the first one. Within a write's transaction nobody changes it meanwhile. */
export async function currentRecipient(tx: SerialTransaction): Promise<string | undefined> {
  return (await tx.selectFrom("tb_variable_key").select("recipient").where("id", "=", 1).executeTakeFirst())?.recipient;
}

export async function recordRecipient(tx: SerialTransaction, recipient: string): Promise<void> {
  const since = new Date().toISOString();
  await tx
    .insertInto("tb_variable_key")
    .values({ id: 1, recipient, since })
    .onConflict((conflict) => conflict.column("id").doUpdateSet({ recipient, since }))
    .execute();
}
