import type { KnownDaemon } from "../../domain/known-daemon.ts";
import { isAlive } from "../../host/process-identity.ts";
import type { Store } from "../../store/store.ts";

/** The daemon that serves this store on this machine; undefined if it does not run. */
export async function livingDaemon(store: Pick<Store, "daemons">): Promise<KnownDaemon | undefined> {
  return (await store.daemons.all()).find((daemon) => isAlive(daemon) === true);
}

/** Whether this daemon only reads, as a newer fraisier has migrated the store. */
export function isOutdated({ storeVersion }: KnownDaemon, { knownVersion }: Pick<Store, "knownVersion">): boolean {
  return storeVersion < knownVersion;
}

export function outdatedDaemon({ version, pid }: Pick<KnownDaemon, "version" | "pid">): string {
  return `the daemon (fraisier ${version}, process ${pid}) is older than the store and only reads: it takes no pushes and starts no deployments. Restart it: systemctl restart fraisier`;
}
