import { sql } from "kysely";
import type { PlacedTarget } from "../../domain/fraise.ts";
import type { StoreContext } from "../store-context.ts";
import { placementsOf } from "./placements-of.ts";
import type { SerialTransaction } from "./serially.ts";
import { serially } from "./serially.ts";

/**
 * A deployment that was queued while nobody knew on which host its target lives becomes this host's, if the target lives here. If a newer one waits here already, it
 * takes the place of this one. Returns whether the deployment waits for no host any more.
 */
export async function placeDeployment({ db, host }: StoreContext, id: string, target: PlacedTarget): Promise<boolean> {
  return await serially(db, async (tx) => {
    const placementOf = await placementsOf(tx, host, [target]);
    const { host: wanted, ...key } = placementOf(target);
    if (wanted !== host) return false;
    const here = { ...key, host };
    const newer = await tx
      .selectFrom("tb_deployment")
      .select("id")
      .where((where) => where.and(here))
      .where("status", "=", sql.lit("queued" as const))
      .executeTakeFirst();
    const { numUpdatedRows } = await tx
      .updateTable("tb_deployment")
      .set(
        newer === undefined
          ? { host, held_because: null, waits_for: null }
          : {
              status: "superseded",
              superseded_by: newer.id,
              finished_at: new Date().toISOString(),
              reason: `replaced by deployment ${newer.id} before it started`,
            },
      )
      .where("id", "=", id)
      .where("host", "=", "")
      .where("status", "=", "queued")
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return false;
    await placeState(tx, here);
    return true;
  });
}

/** The state that the target had while it had no host becomes that of this host, if there is none. */
async function placeState(
  tx: SerialTransaction,
  { host, ...target }: ReturnType<Awaited<ReturnType<typeof placementsOf>>>,
): Promise<void> {
  const isNew =
    (await tx
      .selectFrom("tb_fraise_state")
      .select("host")
      .where((where) => where.and({ ...target, host }))
      .executeTakeFirst()) === undefined;
  const unplaced = { ...target, host: "" };
  if (isNew)
    await tx
      .updateTable("tb_fraise_state")
      .set({ host })
      .where((where) => where.and(unplaced))
      .execute();
  else
    await tx
      .deleteFrom("tb_fraise_state")
      .where((where) => where.and(unplaced))
      .execute();
}
