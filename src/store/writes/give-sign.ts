import type { RawBuilder } from "kysely";
import { sql } from "kysely";
import type { StoreContext } from "../store-context.ts";

/** A sign of life of a host's daemon, and how the host fares. */
export interface HostSign {
  readonly daemon: string;
  readonly loadPercent: number;
  /** Undefined if it cannot be told. */
  readonly freeBytes: number | undefined;
}

/** Gives a sign of life, with the time by the server's clock. False if the store does not know the host, or knows another daemon there. */
export async function giveSign(
  { db }: Pick<StoreContext, "db">,
  host: string,
  { daemon, loadPercent, freeBytes }: HostSign,
  serverTime: RawBuilder<string>,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("tb_host")
    .set({
      signs: sql<number>`signs + 1`,
      seen_at: serverTime,
      load_percent: loadPercent,
      free_bytes: freeBytes ?? null,
    })
    .where("name", "=", host)
    .where("daemon_id", "=", daemon)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
