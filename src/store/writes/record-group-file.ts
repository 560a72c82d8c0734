import type { StoreContext } from "../store-context.ts";
import { LeaseLost } from "./lease-lost.ts";
import { serially } from "./serially.ts";

/** A component group has deployed this content of a file; undefined: what it had deployed of it was taken back. */
export async function recordGroupFile(
  { db }: StoreContext,
  id: string,
  owner: string,
  { group, file, blob }: { readonly group: string; readonly file: string; readonly blob: string | undefined },
): Promise<void> {
  const at = new Date().toISOString();
  await serially(db, async (tx) => {
    const target = await tx
      .selectFrom("tb_deployment")
      .select(["fraise", "environment", "job"])
      .where("id", "=", id)
      .where("lease_owner", "=", owner)
      .executeTakeFirst();
    if (target === undefined) throw new LeaseLost(id);
    const key = { ...target, group_name: group, file };
    if (blob === undefined) {
      await tx
        .deleteFrom("tb_group_file")
        .where((where) => where.and(key))
        .execute();
      return;
    }
    await tx
      .insertInto("tb_group_file")
      .values({ ...key, blob, deployment_id: id, at })
      .onConflict((conflict) =>
        conflict
          .columns(["fraise", "environment", "job", "group_name", "file"])
          .doUpdateSet({ blob, deployment_id: id, at }),
      )
      .execute();
  });
}
