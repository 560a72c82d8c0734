import type { StoreContext } from "../store-context.ts";

/** A delivery was recorded after its sender had been answered 503: its row says so. */
export async function recordLateAnswer({ db }: StoreContext, id: string): Promise<void> {
  await db.updateTable("tb_webhook_event").set({ http_status: 503 }).where("id", "=", id).execute();
}
