import type { StoreContext } from "../store-context.ts";
import type { DaemonTable } from "../tables.ts";

/**
 * A daemon says that it serves this store. Whether it still lives is the host's to tell. It takes the place of the daemon that served before it: the one of
 * an earlier boot, or in the same pid namespace. A daemon in another container may have the same host name, and live.
 */
export async function registerDaemon({ db }: StoreContext, daemon: DaemonTable): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await tx
      .deleteFrom("tb_daemon")
      .where("host", "=", daemon.host)
      .where((where) =>
        where.or([where("boot_id", "!=", daemon.boot_id), where("pid_namespace", "=", daemon.pid_namespace)]),
      )
      .execute();
    await tx.insertInto("tb_daemon").values(daemon).execute();
  });
}
