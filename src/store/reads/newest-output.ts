import type { StoreContext } from "../store-context.ts";

/** The sequence of the last line in a deployment's log; 0 if it has none. */
export async function newestOutput({ db }: StoreContext, deployment: string): Promise<number> {
  const row = await db
    .selectFrom("tb_deployment_log")
    .select("sequence")
    .where("deployment_id", "=", deployment)
    .orderBy("sequence", "desc")
    .limit(1)
    .executeTakeFirst();
  return row?.sequence ?? 0;
}
