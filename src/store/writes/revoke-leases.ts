import type { StoreContext } from "../store-context.ts";

/** As many as one statement takes. */
const BATCH = 500;

/**
 * Takes running deployments of this host away from runners that are known to be dead: whoever wakes up late can write nothing any more. They wait, still `running`, for a
 * free place to be taken up in. A deployment that changed its owner meanwhile is left alone. Returns how many were taken away.
 */
export async function revokeLeases(
  { db, host }: StoreContext,
  dead: readonly { readonly id: string; readonly leaseOwner: string | undefined }[],
): Promise<number> {
  const held = dead.flatMap(({ id, leaseOwner }) => (leaseOwner === undefined ? [] : [{ id, leaseOwner }]));
  if (held.length === 0) return 0;
  let revoked = 0;
  await db.transaction().execute(async (tx) => {
    for (let from = 0; from < held.length; from += BATCH) {
      const some = held.slice(from, from + BATCH);
      const { numUpdatedRows } = await tx
        .updateTable("tb_deployment")
        .set({ lease_owner: null, lease_expires_at: null, runner_kind: null, runner_identity: null })
        .where(
          "id",
          "in",
          some.map(({ id }) => id),
        )
        .where(
          "lease_owner",
          "in",
          some.map(({ leaseOwner }) => leaseOwner),
        )
        .where("host", "=", host)
        .where("status", "in", ["running", "rolling_back"])
        .executeTakeFirst();
      revoked += Number(numUpdatedRows);
    }
  });
  return revoked;
}
