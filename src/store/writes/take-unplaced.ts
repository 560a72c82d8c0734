import type { StoreContext } from "../store-context.ts";
import { knownHosts } from "../reads/known-hosts.ts";
import { serially } from "./serially.ts";

const OF_HOSTS = [
  "tb_deployment",
  "tb_rollback",
  "tb_fraise_state",
  "tb_group_file",
  "tb_verification",
  "tb_migration_history",
  "tb_backup",
] as const;

/** Rows of a store that served one host become those of this host, if no other host is known. Returns whether there were any. */
export async function takeUnplaced(context: StoreContext): Promise<boolean> {
  const { db, host } = context;
  if (host === "") return false;
  return await serially(db, async (tx) => {
    const known = await knownHosts({ db: tx, host });
    if (known.some((each) => each !== host)) return false;
    let taken = 0n;
    for (const table of OF_HOSTS)
      taken += (await tx.updateTable(table).set({ host }).where("host", "=", "").executeTakeFirst()).numUpdatedRows;
    return taken > 0n;
  });
}
