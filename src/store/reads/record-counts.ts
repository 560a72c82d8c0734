import type { StoreContext } from "../store-context.ts";

/** How many records there are of the kinds that nothing else could bring back. */
export interface RecordCounts {
  readonly deployments: number;
  readonly deliveries: number;
  readonly variables: number;
}

/** Counts whole tables: for backups and checks, not for the daemon. */
export async function recordCounts({ db }: StoreContext): Promise<RecordCounts> {
  const count = async (table: "tb_deployment" | "tb_webhook_event" | "tb_environment_variable"): Promise<number> => {
    const row = await db
      .selectFrom(table)
      .select((each) => each.fn.countAll().as("rows"))
      .executeTakeFirstOrThrow();
    return Number(row.rows);
  };
  return {
    deployments: await count("tb_deployment"),
    deliveries: await count("tb_webhook_event"),
    variables: await count("tb_environment_variable"),
  };
}
