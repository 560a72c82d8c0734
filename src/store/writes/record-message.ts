import type { StoreContext } from "../store-context.ts";

/** The delivery of a deployment brought no commit message: git said which it is. */
export async function recordMessage({ db }: StoreContext, id: string, owner: string, message: string): Promise<void> {
  await db
    .updateTable("tb_deployment")
    .set({ message })
    .where("id", "=", id)
    .where("lease_owner", "=", owner)
    .execute();
}
