import type { Selectable } from "kysely";
import type { StoreContext } from "../store-context.ts";
import type { VerificationTable } from "../tables.ts";

/** The observations of the checks of one deployment, in their order. */
export async function verificationChecks(
  { db }: StoreContext,
  deployment: string,
): Promise<readonly Selectable<VerificationTable>[]> {
  const rows = await db.selectFrom("tb_verification").selectAll().where("deployment_id", "=", deployment).execute();
  return rows.toSorted((a, b) => (a.id === b.id ? a.sequence - b.sequence : a.id < b.id ? -1 : 1));
}
