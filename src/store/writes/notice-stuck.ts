import type { Selectable } from "kysely";
import { sql } from "kysely";
import type { StoreContext } from "../store-context.ts";
import type { StuckDeploymentView } from "../tables.ts";

/** Marks running deployments whose phase has not moved since `before`, each once a phase, and gives the ones that are new. */
export async function noticeStuck(
  { db }: StoreContext,
  before: Date,
): Promise<readonly Pick<Selectable<StuckDeploymentView>, "id" | "fraise" | "environment" | "job" | "phase">[]> {
  const isStuck = db
    .selectFrom("tb_deployment")
    .select("id")
    .where("status", "in", [sql.lit("running" as const), sql.lit("rolling_back" as const)])
    .where("phase_changed_at", "<", before.toISOString())
    .where("stuck_since", "is", null);
  // Looked for before anything is locked for writing: nearly always there is none.
  const found = await isStuck.execute();
  if (found.length === 0) return [];
  return await db
    .updateTable("tb_deployment")
    .set({ stuck_since: new Date().toISOString() })
    .where("id", "in", isStuck)
    .returning(["id", "fraise", "environment", "job", "phase"])
    .execute();
}
