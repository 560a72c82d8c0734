import type { StoreContext } from "../store-context.ts";

/** At once, so that no transaction is long. */
const BATCH = 500;

/** Forgets the bodies of deliveries received before a time; what was decided stays. Returns how many. */
export async function dropPayloads({ db }: StoreContext, before: Date): Promise<number> {
  let dropped = 0;
  for (;;) {
    const old = await db
      .selectFrom("tb_webhook_event")
      .select(["id", "received_at"])
      .where("body", "is not", null)
      .orderBy("id")
      .limit(BATCH)
      .execute();
    const ids = old.filter(({ received_at }) => new Date(received_at) < before).map(({ id }) => id);
    if (ids.length === 0) return dropped;
    await db.updateTable("tb_webhook_event").set({ body: null }).where("id", "in", ids).execute();
    dropped += ids.length;
  }
}
