import type { Config } from "../config/config.ts";

/** A daemon that listens at every address is reached at this one from the machine itself. */
const REACHED_AT: ReadonlyMap<string, string> = new Map([
  ["", "127.0.0.1"],
  ["0.0.0.0", "127.0.0.1"],
  ["::", "::1"],
]);

/** The address of the daemon for programs of this machine. */
export function listenUrl({ server: { host, port } }: Config): string {
  const name = REACHED_AT.get(host) ?? host;
  return `http://${name.includes(":") ? `[${name}]` : name}:${port}`;
}
