import type { Selectable } from "kysely";
import type { StoreContext } from "../store-context.ts";
import type { RollbackTable } from "../tables.ts";

/** The rollbacks of one deployment: the one it is, where a person asked for it, and the one that took it back. */
export async function rollbacksOf(
  { db }: StoreContext,
  deployment: string,
): Promise<readonly Selectable<RollbackTable>[]> {
  return await db.selectFrom("tb_rollback").selectAll().where("deployment_id", "=", deployment).execute();
}
