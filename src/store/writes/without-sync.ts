import type { Kysely } from "kysely";
import type { StoreContext } from "../store-context.ts";
import type { Tables } from "../tables.ts";

/**
 * Runs a write that need not be on disk when it resolves, because losing it in a power cut changes nothing that fraisier promises: what it records is only
 * looked at, or is done again. It is on disk with the next commit of any process that waits for the disk.
 */
export async function withoutSync<Result>(
  context: StoreContext,
  work: (db: Kysely<Tables>) => Promise<Result>,
): Promise<Result> {
  return await (context.withoutSync === undefined ? work(context.db) : context.withoutSync(work));
}
