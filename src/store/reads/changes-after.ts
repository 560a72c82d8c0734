import type { Change } from "../../domain/change.ts";
import type { StoreContext } from "../store-context.ts";

/** The next changes behind a sequence, oldest first. */
export async function changesAfter({ db }: StoreContext, sequence: number, limit: number): Promise<readonly Change[]> {
  const rows = await db
    .selectFrom("tb_change")
    .selectAll()
    .where("sequence", ">", sequence)
    .orderBy("sequence")
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    ...row,
    status: row.status ?? undefined,
    phase: row.phase ?? undefined,
    progress: row.progress ?? undefined,
  }));
}
