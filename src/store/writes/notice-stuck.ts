import { sql } from "kysely";
import type { TargetKey } from "../../domain/fraise.ts";
import type { Phase } from "../../domain/phase.ts";
import type { StoreContext } from "../store-context.ts";
import { mustLead } from "./must-lead.ts";

/** A deployment whose phase has not moved for too long. */
export interface StuckDeployment extends TargetKey {
  readonly id: string;
  readonly phase: Phase;
}

/** Marks running deployments whose phase has not moved since `before`, each once a phase, and gives the ones that are new. */
export async function noticeStuck({ db, term }: StoreContext, before: Date): Promise<readonly StuckDeployment[]> {
  const isStuck = db
    .selectFrom("tb_deployment")
    .select("id")
    .where("status", "in", [sql.lit("running" as const), sql.lit("rolling_back" as const)])
    .where("phase_changed_at", "<", before.toISOString())
    .where("stuck_since", "is", null);
  // Looked for before anything is locked for writing: nearly always there is none.
  const found = await isStuck.execute();
  if (found.length === 0) return [];
  return await db.transaction().execute(async (tx) => {
    await mustLead(tx, term);
    return await tx
      .updateTable("tb_deployment")
      .set({ stuck_since: new Date().toISOString() })
      .where("id", "in", isStuck)
      .returning(["id", "fraise", "environment", "job", "phase"])
      .execute();
  });
}
