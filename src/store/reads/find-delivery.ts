import { sql } from "kysely";
import type { StoreContext } from "../store-context.ts";
import { idsBeginningWith } from "../ids-beginning-with.ts";
import { startOfId } from "../start-of-id.ts";

/** Ids of deliveries that a person may mean: our own or the beginning of it, or exactly the forge's (at most ten, newest first; the first of several redeliveries). */
export async function findDelivery(context: StoreContext, typed: string): Promise<readonly string[]> {
  const own = await idsBeginningWith(context, "tb_webhook_event", typed);
  const forges = await context.db
    .selectFrom("tb_webhook_event")
    .select(["id", "verified"])
    .where("delivery_id", "is not", null)
    .where(sql`substr(delivery_id, 1, 20)`, "=", startOfId(typed))
    .where("delivery_id", "=", typed)
    .limit(50)
    .execute();
  // A forge sends the same delivery again under the same id: the first that was accepted tells the story of all.
  const accepted = forges.filter(({ verified }) => verified === 1);
  const first = (accepted.length > 0 ? accepted : forges).map(({ id }) => id).toSorted()[0];
  return [...new Set([...own, ...(first === undefined ? [] : [first])])];
}
