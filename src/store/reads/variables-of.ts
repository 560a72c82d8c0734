import type { Selectable } from "kysely";
import type { TargetKey } from "../../domain/fraise.ts";
import type { StoreContext } from "../store-context.ts";
import type { EnvironmentVariableTable } from "../tables.ts";

/** The sealed variables of a target by name: those of its environment, and its job's own, which stand behind the environment's of the same name. */
export async function variablesOf(
  { db }: StoreContext,
  { fraise, environment, job }: TargetKey,
): Promise<readonly Selectable<EnvironmentVariableTable>[]> {
  const rows = await db
    .selectFrom("tb_environment_variable")
    .selectAll()
    .where("fraise", "=", fraise)
    .where("environment", "=", environment)
    .where("job", "in", job === "" ? [""] : ["", job])
    .execute();
  return rows.toSorted((a, b) => compare(a.name, b.name) || compare(a.job, b.job));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
