import type { TargetKey } from "../../domain/fraise.ts";
import type { SealedVariable } from "../../domain/sealed-variable.ts";
import type { StoreContext } from "../store-context.ts";
import { sealedVariableOf } from "../sealed-variable-of.ts";

/** The sealed variables of a target by name: those of its environment, and its job's own, which stand behind the environment's of the same name. */
export async function variablesOf(
  { db }: StoreContext,
  { fraise, environment, job }: TargetKey,
): Promise<readonly SealedVariable[]> {
  const rows = await db
    .selectFrom("tb_environment_variable")
    .selectAll()
    .where("fraise", "=", fraise)
    .where("environment", "=", environment)
    .where("job", "in", job === "" ? [""] : ["", job])
    .execute();
  return rows.map(sealedVariableOf).toSorted((a, b) => compare(a.name, b.name) || compare(a.job, b.job));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
