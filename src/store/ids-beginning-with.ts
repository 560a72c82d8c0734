import type { StoreContext } from "./store-context.ts";

/** The ids of a table that begin with the letters that a person typed: at most ten, newest first. */
export async function idsBeginningWith(
  { db }: StoreContext,
  table: "tb_deployment" | "tb_webhook_event",
  typed: string,
): Promise<readonly string[]> {
  const rows = await db
    .selectFrom(table)
    .select("id")
    .where("id", ">=", typed)
    .where("id", "<", `${typed}\u{10ffff}`)
    .orderBy("id", "desc")
    .limit(10)
    .execute();
  return rows.map(({ id }) => id);
}
