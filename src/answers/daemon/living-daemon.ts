import { isAlive } from "../../host/process-identity.ts";
import type { Store } from "../../store/store.ts";

export type DaemonRow = Awaited<ReturnType<Store["daemons"]["all"]>>[number];

/** The daemon that serves this store on this machine; undefined if it does not run. */
export async function livingDaemon(store: Pick<Store, "daemons">): Promise<DaemonRow | undefined> {
  return (await store.daemons.all()).find(
    ({ host, pid, boot_id: bootId, start_time: startTime, pid_namespace: pidNamespace }) =>
      isAlive({ host, pid, bootId, startTime, pidNamespace }) === true,
  );
}

/** Whether this daemon only reads, as a newer fraisier has migrated the store. */
export function isOutdated({ store_version }: DaemonRow, { knownVersion }: Pick<Store, "knownVersion">): boolean {
  return store_version < knownVersion;
}

export function outdatedDaemon({ version, pid }: Pick<DaemonRow, "version" | "pid">): string {
  return `the daemon (fraisier ${version}, process ${pid}) is older than the store and only reads: it takes no pushes and starts no deployments. Restart it: systemctl restart fraisier`;
}
