import { sql } from "kysely";
import type { TargetKey } from "../../domain/fraise.ts";
import type { StoreContext } from "../store-context.ts";

/** Writes down that something about a target changed that no other row of the store says, as the clock closes and opens freeze windows. */
export async function recordTargetChange({ db }: StoreContext, { fraise, environment, job }: TargetKey): Promise<void> {
  await sql`insert into tb_change (at, kind, fraise, environment, job)
    values (${new Date().toISOString()}, 'target', ${fraise}, ${environment}, ${job})`.execute(db);
}
