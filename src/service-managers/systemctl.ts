import type { Host } from "../host/host.ts";
import type { ProcessResult } from "../host/processes.ts";

export const QUESTION_TIMEOUT_MS = 30_000;

/** How one of systemd's managers is spoken to: the system's, or that of the user fraisier runs as. */
export interface Manager {
  readonly userScope: boolean;
  /** `--user` for programs that are told the scope so. */
  readonly scope: readonly string[];
  run(argv: readonly string[], timeoutMs?: number, signal?: AbortSignal): Promise<ProcessResult>;
  /** argv of a systemctl(1) call that never asks for a password. */
  systemctl(verb: string, options: readonly string[], ...units: readonly string[]): readonly string[];
}

/** Times are in UTC and words in English whatever the machine speaks: they are read by a program. */
export function managerOf(userScope: boolean, host: Host, env: Readonly<Record<string, string>>): Manager {
  const scope = userScope ? ["--user"] : [];
  const environment = { ...env, ...(userScope ? userManager(env) : {}), LC_ALL: "C", SYSTEMD_COLORS: "0", TZ: "UTC" };
  return {
    userScope,
    scope,
    run: (argv, timeoutMs = QUESTION_TIMEOUT_MS, signal) =>
      host.processes.run(argv, { env: environment, timeoutMs, ...(signal === undefined ? {} : { signal }) }),
    systemctl: (verb, options, ...units) => [
      "systemctl",
      ...scope,
      "--no-ask-password",
      "--no-pager",
      verb,
      ...options,
      ...(units.length === 0 ? [] : ["--", ...units]),
    ],
  };
}

/** The addresses of the user manager; a daemon that was not started by a login does not have these. */
function userManager(env: Readonly<Record<string, string>>): Record<string, string> {
  const folder = env["XDG_RUNTIME_DIR"] ?? `/run/user/${process.getuid?.() ?? 0}`;
  return {
    XDG_RUNTIME_DIR: folder,
    DBUS_SESSION_BUS_ADDRESS: env["DBUS_SESSION_BUS_ADDRESS"] ?? `unix:path=${folder}/bus`,
  };
}
