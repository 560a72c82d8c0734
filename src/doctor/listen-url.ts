import type { Config } from "../config/config.ts";

/** The address of the daemon for programs of this machine. */
export function listenUrl({ server: { host, port } }: Config): string {
  const name = host === "0.0.0.0" || host === "" ? "127.0.0.1" : host === "::" ? "::1" : host;
  return `http://${name.includes(":") ? `[${name}]` : name}:${port}`;
}
