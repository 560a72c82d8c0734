import type { StoreContext } from "../store-context.ts";

/** The spans of all changes up to this one have been sent, or need not be. */
export async function moveTracePosition({ db }: StoreContext, sequence: number): Promise<void> {
  const moved = { sequence, at: new Date().toISOString() };
  await db
    .insertInto("tb_trace_position")
    .values({ id: 1, ...moved })
    .onConflict((conflict) => conflict.column("id").doUpdateSet(moved))
    .execute();
}
