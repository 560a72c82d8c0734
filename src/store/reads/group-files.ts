import type { TargetKey } from "../../domain/fraise.ts";
import type { StoreContext } from "../store-context.ts";

/** The files that a component group of a target has deployed on this host: the content of each, by path. */
export async function groupFiles(
  { db, host }: StoreContext,
  { fraise, environment, job }: TargetKey,
  group: string,
): Promise<ReadonlyMap<string, string>> {
  const rows = await db
    .selectFrom("tb_group_file")
    .select(["file", "blob"])
    .where((where) => where.and({ fraise, environment, job, host, group_name: group }))
    .execute();
  return new Map(rows.map(({ file, blob }) => [file, blob]));
}
