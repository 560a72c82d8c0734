import type { StoreContext } from "../store-context.ts";

/** The newest change whose spans have been sent; undefined if no traces were ever wanted. */
export async function tracePosition({ db }: StoreContext): Promise<number | undefined> {
  const row = await db.selectFrom("tb_trace_position").select("sequence").executeTakeFirst();
  return row?.sequence;
}
