import type { Config } from "../../config/config.ts";
import type { KnownDaemon } from "../../domain/known-daemon.ts";
import type { Store } from "../../store/store.ts";
import { isOutdated } from "./living-daemon.ts";

type Read = Pick<Config, "file" | "stamp">;

/** The daemon as `status` shows it; null if none runs. */
export function daemonView(daemon: KnownDaemon | undefined, config: Read, store: Pick<Store, "knownVersion">) {
  if (daemon === undefined) return null;
  const { pid, listen, version } = daemon;
  return {
    pid,
    listen,
    version,
    started_at: daemon.startedAt,
    config_file: daemon.configFile,
    config_read_at: daemon.configReadAt,
    outdated: isOutdated(daemon, store),
    needs_reload: needsReload(daemon, config),
    reload_failure: daemon.reloadFailure ?? null,
    troubles: daemon.troubles,
  };
}

/** Whether the file was changed since the daemon read it. */
function needsReload({ configFile: file, configStamp: stamp }: KnownDaemon, config: Read): boolean {
  return file === config.file && stamp !== config.stamp;
}
