import type { HostRow, HostsDocument } from "../schemas/hosts-document.ts";

type Difference = HostsDocument["differences"][number];
type Compared = Pick<HostRow, "name" | "state" | "version" | "config_digest">;

/** The versions and configurations that differ between the hosts that are not silent. Pure. */
export function differencesOf(hosts: readonly Compared[]): readonly Difference[] {
  const alive = hosts.filter(({ state }) => state === "alive");
  return [
    ...differing("version", alive, ({ version }) => version),
    ...differing("configuration", alive, ({ config_digest: digest }) => digest),
  ];
}

function differing(
  what: Difference["what"],
  hosts: readonly Compared[],
  valueOf: (host: Compared) => string | null,
): readonly Difference[] {
  const groups = Map.groupBy(hosts, (host) => valueOf(host) ?? "");
  groups.delete("");
  if (groups.size < 2) return [];
  const values = [...groups].map(([value, those]) => ({ value, hosts: those.map(({ name }) => name) }));
  return [{ what, values: values.toSorted((a, b) => b.hosts.length - a.hosts.length) }];
}
