import type { StoreContext } from "../store-context.ts";

/** The host that leads, or that led last; `since` is by the clock of the store's server. */
export interface Leader {
  readonly term: number;
  readonly host: string;
  readonly since: string;
}

/** Undefined if no daemon has ever led, as in a store in a file. */
export async function leader({ db }: StoreContext): Promise<Leader | undefined> {
  return await db.selectFrom("tb_leader").select(["term", "host", "since"]).executeTakeFirst();
}
