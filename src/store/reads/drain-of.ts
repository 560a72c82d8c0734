import type { Drain } from "../../domain/known-host.ts";
import type { StoreContext } from "../store-context.ts";

/** The person who has a host start nothing more, and why; undefined if it starts what is queued, or is not known. */
export async function drainOf({ db }: Pick<StoreContext, "db">, host: string): Promise<Drain | undefined> {
  const row = await db
    .selectFrom("tb_host")
    .select(["drained_at", "drained_by", "drained_reason"])
    .where("name", "=", host)
    .executeTakeFirst();
  return row && drainIn(row);
}

interface DrainColumns {
  readonly drained_at: string | null;
  readonly drained_by: string;
  readonly drained_reason: string;
}

export function drainIn(row: DrainColumns): Drain | undefined {
  const { drained_at: at, drained_by: by, drained_reason: reason } = row;
  return at === null ? undefined : { at, by, reason };
}
