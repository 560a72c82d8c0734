import type { KnownDaemon } from "../../domain/known-daemon.ts";
import type { StoreContext } from "../store-context.ts";

/** A daemon that has just started: nobody has asked it to reload yet. */
export type NewDaemon = Omit<KnownDaemon, "reloadAsked" | "reloadAnswered" | "reloadFailure">;

/**
 * A daemon says that it serves this store. Whether it still lives is the host's to tell. It takes the place of the daemon that served before it: the one of
 * an earlier boot, or in the same pid namespace. A daemon in another container may have the same host name, and live.
 */
export async function registerDaemon({ db }: StoreContext, daemon: NewDaemon): Promise<void> {
  const { id, host, pid, bootId, pidNamespace, listen, version } = daemon;
  await db.transaction().execute(async (tx) => {
    await tx
      .deleteFrom("tb_daemon")
      .where("host", "=", host)
      .where((where) => where.or([where("boot_id", "!=", bootId), where("pid_namespace", "=", pidNamespace)]))
      .execute();
    await tx
      .insertInto("tb_daemon")
      .values({
        id,
        host,
        pid,
        boot_id: bootId,
        start_time: daemon.startTime,
        pid_namespace: pidNamespace,
        listen,
        version,
        store_version: daemon.storeVersion,
        started_at: daemon.startedAt,
        config_file: daemon.configFile,
        config_stamp: daemon.configStamp,
        config_read_at: daemon.configReadAt,
        troubles: JSON.stringify(daemon.troubles),
        reload_asked: 0,
        reload_answered: 0,
        reload_failure: "",
      })
      .execute();
  });
}
