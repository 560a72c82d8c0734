import type { StoreContext } from "../store-context.ts";
import { ownDeployment } from "./own-deployment.ts";
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
    const key = { ...(await ownDeployment(tx, id, owner)), group_name: group, file };
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
          .columns(["fraise", "environment", "job", "host", "group_name", "file"])
          .doUpdateSet({ blob, deployment_id: id, at }),
      )
      .execute();
  });
}
