import type { Change } from "../../domain/change.ts";
import type { StoreContext } from "../store-context.ts";

/** The number and the time of the last change on record; undefined if nothing was recorded yet. */
export async function newestChange({ db }: StoreContext): Promise<Pick<Change, "sequence" | "at"> | undefined> {
  return await db
    .selectFrom("tb_change")
    .select(["sequence", "at"])
    .orderBy("sequence", "desc")
    .limit(1)
    .executeTakeFirst();
}
