import type { StoreContext } from "../store-context.ts";
import type { DaemonTable } from "../tables.ts";

/** The facts that a daemon reports anew about itself. */
export type DaemonNews = Partial<
  Pick<DaemonTable, "config_stamp" | "config_read_at" | "troubles" | "reload_answered" | "reload_failure">
>;

/** A daemon tells how its settings stand. */
export async function tellDaemon({ db }: StoreContext, daemon: string, news: DaemonNews): Promise<void> {
  await db.updateTable("tb_daemon").set(news).where("id", "=", daemon).execute();
}
