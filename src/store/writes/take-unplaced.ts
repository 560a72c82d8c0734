import { HOST_TABLES } from "../host-tables.ts";
import type { StoreContext } from "../store-context.ts";
import { knownHosts } from "../reads/known-hosts.ts";
import { serially } from "./serially.ts";

/** Rows of a store that served one host become those of this host, if no other host is known. Returns whether there were any. */
export async function takeUnplaced(context: StoreContext): Promise<boolean> {
  const { db, host } = context;
  if (host === "") return false;
  return await serially(db, async (tx) => {
    const known = await knownHosts({ db: tx, host });
    if (known.some((each) => each !== host)) return false;
    let taken = 0n;
    for (const table of HOST_TABLES)
      taken += (await tx.updateTable(table).set({ host }).where("host", "=", "").executeTakeFirst()).numUpdatedRows;
    return taken > 0n;
  });
}
