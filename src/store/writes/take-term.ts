import type { RawBuilder } from "kysely";
import { sql } from "kysely";
import type { StoreContext } from "../store-context.ts";

/** A host begins to lead, in a new term: everything that the leader before it still writes is refused from here on. Gives the term. */
export async function takeTerm({ db, host }: StoreContext, serverTime: RawBuilder<string>): Promise<number> {
  const { term } = await db
    .insertInto("tb_leader")
    .values({ id: 1, term: 1, host, since: serverTime })
    .onConflict((conflict) =>
      conflict.column("id").doUpdateSet({ term: sql<number>`tb_leader.term + 1`, host, since: serverTime }),
    )
    .returning("term")
    .executeTakeFirstOrThrow();
  return term;
}
