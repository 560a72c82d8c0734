import type { StoreContext } from "../store-context.ts";

/** A deployment asked for a tag object: from now on its revision is the commit the tag names. */
export async function peelRevision({ db }: StoreContext, id: string, owner: string, revision: string): Promise<void> {
  await db
    .updateTable("tb_deployment")
    .set({ revision })
    .where("id", "=", id)
    .where("lease_owner", "=", owner)
    .execute();
}
