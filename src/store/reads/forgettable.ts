import { sql } from "kysely";
import { timeOfId } from "../../domain/id.ts";
import type { StoreContext } from "../store-context.ts";
import type { Forgettable } from "../writes/forget.ts";

const TABLES = {
  refused: "tb_webhook_event",
  payloads: "tb_webhook_event",
  deliveries: "tb_webhook_event",
  deployments: "tb_deployment",
  actions: "tb_action",
} as const;

/** How many things of one kind are older than `cutoff`: what forgetting would take at most. Counts along an index. */
export async function forgettable({ db }: StoreContext, what: Forgettable, cutoff: string): Promise<number> {
  if (what === "logs") {
    const row = await db
      .selectFrom("tb_deployment_log")
      .select((value) => value.fn.countAll<number>().as("count"))
      .where("deployment_id", "<", cutoff)
      .executeTakeFirstOrThrow();
    return row.count;
  }
  if (what === "changes") return await oldChanges({ db }, timeOfId(cutoff).toISOString());
  let query = db
    .selectFrom(TABLES[what])
    .select((value) => value.fn.countAll<number>().as("count"))
    .where("id", "<", cutoff);
  if (what === "refused") query = query.where(sql<boolean>`verified = 0`);
  if (what === "payloads") query = query.where("body", "is not", null);
  return (await query.executeTakeFirstOrThrow()).count;
}

/** Numbers of changes have no gaps. Reads no further than up to the first change that stays. */
async function oldChanges({ db }: Pick<StoreContext, "db">, before: string): Promise<number> {
  const behind = db.selectFrom("tb_change").select("sequence").where("sequence", ">", 0).orderBy("sequence").limit(1);
  const oldest = await behind.executeTakeFirst();
  const kept = await behind.where("at", ">=", before).executeTakeFirst();
  const newest = await db
    .selectFrom("tb_change")
    .select((value) => value.fn.max("sequence").as("sequence"))
    .executeTakeFirst();
  return oldest === undefined ? 0 : (kept?.sequence ?? newest?.sequence ?? 0) - oldest.sequence;
}
