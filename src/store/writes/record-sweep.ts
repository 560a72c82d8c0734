import type { TargetKey } from "../../domain/fraise.ts";
import type { StoreContext } from "../store-context.ts";
import { insertRows } from "./insert-rows.ts";
import { mustLead } from "./must-lead.ts";

export interface SweptRef extends TargetKey {
  /** Full. */
  readonly ref: string;
  readonly revision: string;
}

/** A repository was asked for its refs: when, what went wrong, and which of its refs need no second look until they move. */
export async function recordSweep(
  { db, term }: StoreContext,
  repository: string,
  problem: string,
  refs: readonly SweptRef[],
): Promise<void> {
  const at = new Date().toISOString();
  await db.transaction().execute(async (tx) => {
    await mustLead(tx, term);
    const row = { swept_at: at, problem };
    await tx
      .insertInto("tb_sweep")
      .values({ repository, ...row })
      .onConflict((conflict) => conflict.column("repository").doUpdateSet(row))
      .execute();
    for (const { fraise, environment, job, ref } of refs) {
      await tx
        .deleteFrom("tb_swept_ref")
        .where((where) => where.and({ fraise, environment, job, ref }))
        .execute();
    }
    const rows = refs.map(({ fraise, environment, job, ref, revision }) => ({
      fraise,
      environment,
      job,
      ref,
      revision,
      decided_at: at,
    }));
    await insertRows(tx, "tb_swept_ref", rows);
  });
}
