import { outdatedDaemon } from "../../answers/daemon/living-daemon.ts";
import type { StatusDocument } from "../../answers/schemas/status-document.ts";

type Daemon = StatusDocument["daemon"];
type Failure = NonNullable<NonNullable<Daemon>["reload_failure"]>;

/** Tells a person about the daemon: whether it runs, whether it has read the file as it is now, and which settings do not work. */
export function daemonNotes(daemon: Daemon, file: string): readonly string[] {
  if (daemon === null) {
    return ["No daemon runs here: pushes are not received. systemctl start fraisier (or fraisier serve) starts it."];
  }
  const { config_file: read, reload_failure: failure } = daemon;
  return [
    ...(daemon.store_away === undefined ? [] : [away(daemon.pid, daemon.store_away)]),
    ...(daemon.outdated ? [`${outdatedDaemon(daemon)}.`] : []),
    ...(failure === null ? [] : [failed(failure)]),
    ...(read !== "" && read !== file ? [`The daemon reads ${read}, and not ${file}.`] : []),
    ...(daemon.needs_reload
      ? [
          `${file}, or a file with secrets beside it, was changed since the daemon read it: fraisier reload applies that.`,
        ]
      : []),
    ...daemon.troubles.map(({ message }) => message),
  ];
}

function away(pid: number, { since, error }: NonNullable<NonNullable<Daemon>["store_away"]>): string {
  const start = since === null ? "" : ` since ${since}`;
  return `The daemon (process ${pid}) cannot reach the store${start}, though this command can: ${error}`;
}

function failed({ at, message, problems: [first, ...others] }: Failure): string {
  const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
  const why = first === undefined ? message : `${first.file}:${first.line}:${first.column} ${first.message}${more}`;
  return `The reload at ${at} failed and changed nothing: ${why}`;
}
