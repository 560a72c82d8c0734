import type { StoreContext } from "../store-context.ts";

/** Says why a queued deployment waits although its target is free; null: it no longer does. */
export async function holdDeployment({ db }: StoreContext, id: string, because: string | null): Promise<void> {
  await db
    .updateTable("tb_deployment")
    .set({ held_because: because })
    .where("id", "=", id)
    .where("status", "=", "queued")
    .execute();
}
