import type { Config } from "../../config/config.ts";
import type { ReloadFailure } from "../../domain/trouble.ts";
import type { Store } from "../../store/store.ts";
import { isOutdated, outdatedDaemon } from "../../answers/daemon/living-daemon.ts";
import type { DaemonRow } from "../../answers/daemon/living-daemon.ts";
import { reloadFailure } from "../../answers/daemon/reload-failure.ts";
import { needsReload, troublesOf } from "../../answers/daemon/daemon-view.ts";

type Read = Pick<Config, "file" | "stamp">;
type Known = Pick<Store, "knownVersion">;

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

function failed({ at, message, problems: [first, ...others] }: ReloadFailure): string {
  const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
  const why = first === undefined ? message : `${first.file}:${first.line}:${first.column} ${first.message}${more}`;
  return `The reload at ${at} failed and changed nothing: ${why}`;
}
