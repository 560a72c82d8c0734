import type { Selectable } from "kysely";
import type { StoreContext } from "../store-context.ts";
import type { DeploymentTable } from "../tables.ts";

export type Replaced = Pick<
  Selectable<DeploymentTable>,
  "id" | "revision" | "ref_kind" | "ref_name" | "message" | "triggered_by" | "options"
>;

/** The deployments that this one replaced while they waited, directly or through others. */
export async function replacedDeployments({ db }: StoreContext, id: string): Promise<readonly Replaced[]> {
  const replaced: Replaced[] = [];
  // Bounded: what matters is the recent past, and in a storm of pushes the chain is long.
  for (let successors = [id]; successors.length > 0 && replaced.length < 50;) {
    const rows = await db
      .selectFrom("tb_deployment")
      .select(["id", "revision", "ref_kind", "ref_name", "message", "triggered_by", "options"])
      .where("superseded_by", "in", successors)
      .where("superseded_by", "is not", null)
      .limit(50)
      .execute();
    replaced.push(...rows);
    successors = rows.map((row) => row.id);
  }
  return replaced;
}
