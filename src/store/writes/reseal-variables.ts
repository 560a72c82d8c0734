import type { SealedVariable } from "../../domain/sealed-variable.ts";
import type { StoreContext } from "../store-context.ts";
import { sealedVariableOf } from "../sealed-variable-of.ts";
import { currentRecipient, recordRecipient } from "./variable-key.ts";
import { serially } from "./serially.ts";

export interface Resealed {
  /** The key they are sealed for now. */
  readonly recipient: string;
  readonly variables: readonly SealedVariable[];
}

/**
 * Seals every value anew, all or none, while nobody else writes: whatever `reseal` does (it puts the new key where the old one lies) is done before
 * the commit, and by one process at a time. Gives what was resealed.
 */
export async function resealVariables(
  { db }: StoreContext,
  reseal: (variables: readonly SealedVariable[], recipient: string | undefined) => Promise<Resealed>,
): Promise<Resealed> {
  return await serially(db, async (tx) => {
    const before = await tx.selectFrom("tb_environment_variable").selectAll().execute();
    const resealed = await reseal(before.map(sealedVariableOf), await currentRecipient(tx));
    for (const { fraise, environment, job, name, value } of resealed.variables) {
      await tx
        .updateTable("tb_environment_variable")
        .set({ value })
        .where("fraise", "=", fraise)
        .where("environment", "=", environment)
        .where("job", "=", job)
        .where("name", "=", name)
        .execute();
    }
    await recordRecipient(tx, resealed.recipient);
    return resealed;
  });
}
