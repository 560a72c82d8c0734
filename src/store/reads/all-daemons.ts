import type { KnownDaemon } from "../../domain/known-daemon.ts";
import type { ReloadFailure, Trouble } from "../../domain/trouble.ts";
import type { StoreContext } from "../store-context.ts";

/** The daemons that said they serve this store, alive or not. */
export async function allDaemons({ db }: StoreContext): Promise<readonly KnownDaemon[]> {
  const rows = await db.selectFrom("tb_daemon").selectAll().execute();
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    host: row.host,
    pid: row.pid,
    bootId: row.boot_id,
    startTime: row.start_time,
    pidNamespace: row.pid_namespace,
    listen: row.listen,
    version: row.version,
    storeVersion: row.store_version,
    startedAt: row.started_at,
    configFile: row.config_file,
    configStamp: row.config_stamp,
    configReadAt: row.config_read_at,
    configDigest: row.config_digest,
    troubles: JSON.parse(row.troubles) as readonly Trouble[],
    reloadAsked: row.reload_asked,
    reloadAnswered: row.reload_answered,
    reloadFailure: row.reload_failure === "" ? undefined : (JSON.parse(row.reload_failure) as ReloadFailure),
  }));
}
