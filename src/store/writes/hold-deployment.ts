import type { StoreContext } from "../store-context.ts";

/** Says why a deployment waits although nothing else runs on its target: a queued one, or one whose runner died; undefined: it no longer does. */
export async function holdDeployment({ db }: StoreContext, id: string, because: string | undefined): Promise<void> {
  await db
    .updateTable("tb_deployment")
    .set({ held_because: because ?? null })
    .where("id", "=", id)
    .where("status", "in", ["queued", "running", "rolling_back"])
    // Not one that somebody took up meanwhile.
    .where("lease_owner", "is", null)
    .execute();
}
