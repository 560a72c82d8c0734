import type { StoreContext } from "../store-context.ts";

/** The text of fraises.yaml that a deployment began with; undefined if it has not begun. */
export async function frozenSettings({ db }: StoreContext, id: string): Promise<string | undefined> {
  const row = await db
    .selectFrom("tb_deployment as d")
    .innerJoin("tb_settings as s", "s.hash", "d.settings")
    .select("s.text")
    .where("d.id", "=", id)
    .executeTakeFirst();
  return row?.text;
}
