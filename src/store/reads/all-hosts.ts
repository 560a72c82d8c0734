import type { KnownHost } from "../../domain/known-host.ts";
import type { StoreContext } from "../store-context.ts";
import { allDaemons } from "./all-daemons.ts";
import { drainIn } from "./drain-of.ts";

/** Every host that the store knows, by name. */
export async function allHosts(context: StoreContext): Promise<readonly KnownHost[]> {
  const rows = await context.db.selectFrom("tb_host").selectAll().orderBy("name").execute();
  const daemons = rows.length === 0 ? [] : await allDaemons(context);
  return rows.map((row) => ({
    name: row.name,
    labels: JSON.parse(row.labels) as readonly string[],
    joinedAt: row.joined_at,
    daemon: daemons.find(({ id }) => id === row.daemon_id),
    seenAt: row.seen_at ?? undefined,
    loadPercent: row.load_percent ?? undefined,
    freeBytes: row.free_bytes ?? undefined,
    drained: drainIn(row),
  }));
}
