import type { Selectable } from "kysely";
import type { StoreContext } from "../store-context.ts";
import type { DaemonTable } from "../tables.ts";

/** The daemons that said they serve this store, alive or not. */
export async function allDaemons({ db }: StoreContext): Promise<readonly Selectable<DaemonTable>[]> {
  return await db.selectFrom("tb_daemon").selectAll().execute();
}
