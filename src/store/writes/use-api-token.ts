import type { StoreContext } from "../store-context.ts";

const MINUTE_MS = 60_000;

/** Writes down that a token was used at this time, unless a use within the minute before it is on record. */
export async function useApiToken({ db }: StoreContext, id: string, at: Date): Promise<void> {
  await db
    .updateTable("tb_api_token")
    .set({ last_used_at: at.toISOString() })
    .where("id", "=", id)
    .where((where) =>
      where.or([
        where("last_used_at", "is", null),
        where("last_used_at", "<=", new Date(at.getTime() - MINUTE_MS).toISOString()),
      ]),
    )
    .execute();
}
