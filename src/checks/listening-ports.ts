import type { Files } from "../host/files.ts";

/** `st` of proc_net_tcp(5). */
const LISTEN = "0A";

/** TCP ports that something listens on, whatever the address: as the kernel says, without a connection that a service would have to serve. */
export async function listeningPorts(files: Pick<Files, "readText">): Promise<ReadonlySet<number>> {
  const ports = new Set<number>();
  for (const table of ["/proc/net/tcp", "/proc/net/tcp6"]) {
    // Without IPv6 there is no second table.
    for (const line of ((await files.readText(table)) ?? "").split("\n").slice(1)) {
      const [, local = "", , state] = line.trim().split(/\s+/);
      if (state === LISTEN) ports.add(Number.parseInt(local.slice(local.lastIndexOf(":") + 1), 16));
    }
  }
  return ports;
}
