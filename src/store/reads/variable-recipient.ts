import type { StoreContext } from "../store-context.ts";

/** The public half of the key in force for variables (undefined before the first one), and whether anything is sealed for it. */
export async function variableRecipient({
  db,
}: StoreContext): Promise<{ readonly recipient: string | undefined; readonly isUsed: boolean }> {
  const key = await db.selectFrom("tb_variable_key").select("recipient").where("id", "=", 1).executeTakeFirst();
  const any = await db.selectFrom("tb_environment_variable").select("name").limit(1).executeTakeFirst();
  return { recipient: key?.recipient, isUsed: any !== undefined };
}
