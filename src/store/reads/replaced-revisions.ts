import type { StoreContext } from "../store-context.ts";

/** Revisions of the deployments that this one replaced while they waited, directly or through others. */
export async function replacedRevisions({ db }: StoreContext, id: string): Promise<readonly string[]> {
  const revisions: string[] = [];
  // Bounded: what matters is the recent past, and in a storm of pushes the chain is long.
  for (let successors = [id]; successors.length > 0 && revisions.length < 50;) {
    const rows = await db
      .selectFrom("tb_deployment")
      .select(["id", "revision"])
      .where("superseded_by", "in", successors)
      .where("superseded_by", "is not", null)
      .limit(50)
      .execute();
    revisions.push(...rows.map((row) => row.revision));
    successors = rows.map((row) => row.id);
  }
  return revisions;
}
