import type { Config } from "../../config/config.ts";
import type { Trouble } from "../../domain/trouble.ts";
import type { Store } from "../../store/store.ts";
import { isOutdated } from "./living-daemon.ts";
import type { DaemonRow } from "./living-daemon.ts";
import { reloadFailure } from "./reload-failure.ts";

type Read = Pick<Config, "file" | "stamp">;

/** The daemon as `status` shows it; null if none runs. */
export function daemonView(daemon: DaemonRow | undefined, config: Read, store: Pick<Store, "knownVersion">) {
  if (daemon === undefined) return null;
  const { pid, listen, version, started_at, config_file, config_read_at } = daemon;
  return {
    pid,
    listen,
    version,
    started_at,
    config_file,
    config_read_at,
    outdated: isOutdated(daemon, store),
    needs_reload: needsReload(daemon, config),
    reload_failure: reloadFailure(daemon) ?? null,
    troubles: troublesOf(daemon),
  };
}

/** The daemon's settings that do not work. */
export function troublesOf(daemon: DaemonRow | undefined): readonly Trouble[] {
  return daemon === undefined ? [] : (JSON.parse(daemon.troubles) as readonly Trouble[]);
}

/** Whether the file was changed since the daemon read it. */
function needsReload({ config_file: file, config_stamp: stamp }: DaemonRow, config: Read): boolean {
  return file === config.file && stamp !== config.stamp;
}
