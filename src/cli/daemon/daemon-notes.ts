import type { Config } from "../../config/config.ts";
import type { ReloadFailure, Trouble } from "../../domain/trouble.ts";
import type { Store } from "../../store/store.ts";
import { isOutdated, outdatedDaemon } from "./living-daemon.ts";
import type { DaemonRow } from "./living-daemon.ts";
import { reloadFailure } from "./reload-failure.ts";

type Read = Pick<Config, "file" | "stamp">;
type Known = Pick<Store, "knownVersion">;

/** The daemon as `status --json` shows it; null if none runs. */
export function daemonView(daemon: DaemonRow | undefined, config: Read, store: Known) {
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

/** Tells a person about the daemon: whether it runs, whether it has read the file as it is now, and which settings do not work. */
export function daemonNotes(daemon: DaemonRow | undefined, config: Read, store: Known): readonly string[] {
  if (daemon === undefined) {
    return ["No daemon runs here: pushes are not received. systemctl start fraisier (or fraisier serve) starts it."];
  }
  const failure = reloadFailure(daemon);
  return [
    ...(isOutdated(daemon, store) ? [`${outdatedDaemon(daemon)}.`] : []),
    ...(failure === undefined ? [] : [failed(failure)]),
    ...(daemon.config_file !== "" && daemon.config_file !== config.file
      ? [`The daemon reads ${daemon.config_file}, and not ${config.file}.`]
      : []),
    ...(needsReload(daemon, config)
      ? [
          `${config.file}, or a file with secrets beside it, was changed since the daemon read it: fraisier reload applies that.`,
        ]
      : []),
    ...troublesOf(daemon).map(({ message }) => message),
  ];
}

/** The daemon's settings that do not work. */
export function troublesOf(daemon: DaemonRow | undefined): readonly Trouble[] {
  return daemon === undefined ? [] : (JSON.parse(daemon.troubles) as readonly Trouble[]);
}

function needsReload({ config_file: file, config_stamp: stamp }: DaemonRow, config: Read): boolean {
  return file === config.file && stamp !== config.stamp;
}

function failed({ at, message, problems: [first, ...others] }: ReloadFailure): string {
  const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
  const why = first === undefined ? message : `${first.file}:${first.line}:${first.column} ${first.message}${more}`;
  return `The reload at ${at} failed and changed nothing: ${why}`;
}
