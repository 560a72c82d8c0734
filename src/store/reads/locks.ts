import type { Lock } from "../../domain/lock.ts";
import type { StoreContext } from "../store-context.ts";

/** Every lock there is: few. */
export async function locks({ db }: StoreContext): Promise<readonly Lock[]> {
  const rows = await db.selectFrom("tb_lock").selectAll().execute();
  return rows.map(({ locked_by: lockedBy, locked_at: lockedAt, ...rest }) => ({ ...rest, lockedBy, lockedAt }));
}
