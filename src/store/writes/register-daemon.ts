import type { KnownDaemon } from "../../domain/known-daemon.ts";
import type { StoreContext } from "../store-context.ts";

/** A daemon that has just started: nobody has asked it to reload yet. */
export interface NewDaemon extends Omit<KnownDaemon, "reloadAsked" | "reloadAnswered" | "reloadFailure"> {
  /** The labels of its host. */
  readonly labels: readonly string[];
  /** Whether no other daemon of this name can live, as this one has claimed it. */
  readonly hasClaimed: boolean;
}

/**
 * A daemon says that it serves this store. Whether it still lives is the host's to tell. It takes the place of the daemon that served before it: the one of
 * an earlier boot, or in the same pid namespace. A daemon in another container may have the same host name, and live; if names are claimed, it has another name. Its host is known from here on.
 */
export async function registerDaemon({ db }: StoreContext, daemon: NewDaemon): Promise<void> {
  const { id, name, host, pid, bootId, pidNamespace, listen, version } = daemon;
  await db.transaction().execute(async (tx) => {
    await tx
      .deleteFrom("tb_daemon")
      .where((where) => {
        const isDead = where.or([where("boot_id", "!=", bootId), where("pid_namespace", "=", pidNamespace)]);
        const isHere = where.and([where("host", "=", host), isDead]);
        return daemon.hasClaimed ? where.or([where("name", "=", name), isHere.and("name", "=", "")]) : isHere;
      })
      .execute();
    // A store in a file has one host, whatever it was called before.
    if (!daemon.hasClaimed) await tx.deleteFrom("tb_host").where("name", "!=", name).execute();
    const standing = { labels: JSON.stringify(daemon.labels), daemon_id: id };
    await tx
      .insertInto("tb_host")
      .values({ name, joined_at: daemon.startedAt, ...standing })
      .onConflict((conflict) => conflict.column("name").doUpdateSet(standing))
      .execute();
    await tx
      .insertInto("tb_daemon")
      .values({
        id,
        name,
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
        config_digest: daemon.configDigest,
        troubles: JSON.stringify(daemon.troubles),
        reload_asked: 0,
        reload_answered: 0,
        reload_failure: "",
      })
      .execute();
  });
}
