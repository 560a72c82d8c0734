import type { SealedVariable } from "../../domain/sealed-variable.ts";
import type { StoreContext } from "../store-context.ts";
import { currentRecipient, recordRecipient } from "./variable-key.ts";
import { serially } from "./serially.ts";

/**
 * Sets sealed variables, all or none. Returns `otherKey` and writes nothing if another key is in force than these are sealed for: the caller seals them again
 * with that one. If no values are left any key will do, and a lost one is replaced that way. It is refused if the key in force is not the one that the caller
 * `saw` when it chose: a rotation came between, and the chosen key may be gone.
 */
export async function setVariables(
  { db }: StoreContext,
  { recipient, saw }: { readonly recipient: string; readonly saw: string | undefined },
  variables: readonly SealedVariable[],
): Promise<"set" | "otherKey"> {
  return await serially(db, async (tx) => {
    const inForce = await currentRecipient(tx);
    if (inForce !== recipient) {
      if (inForce !== saw) return "otherKey";
      const any = await tx.selectFrom("tb_environment_variable").select("name").limit(1).executeTakeFirst();
      if (any !== undefined) return "otherKey";
      await recordRecipient(tx, recipient);
    }
    for (const { fraise, environment, job, name, value, updatedAt, updatedBy } of variables) {
      const set = { value, updated_at: updatedAt, updated_by: updatedBy };
      await tx
        .insertInto("tb_environment_variable")
        .values({ fraise, environment, job, name, ...set })
        .onConflict((conflict) => conflict.columns(["fraise", "environment", "job", "name"]).doUpdateSet(set))
        .execute();
    }
    return "set";
  });
}
