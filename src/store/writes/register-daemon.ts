import type { StoreContext } from "../store-context.ts";
import type { DaemonTable } from "../tables.ts";

/** A daemon says that it serves this store. Whether it still lives is the host's to tell: pid, boot id and start time together name one process for ever. */
export async function registerDaemon({ db }: StoreContext, daemon: DaemonTable): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await tx.deleteFrom("tb_daemon").where("host", "=", daemon.host).execute();
    await tx.insertInto("tb_daemon").values(daemon).execute();
  });
}
