import type { Selectable } from "kysely";
import type { TargetKey } from "../../domain/fraise.ts";
import type { StoreContext } from "../store-context.ts";
import type { DeploymentTable } from "../tables.ts";

export type Success = Pick<
  Selectable<DeploymentTable>,
  "id" | "trigger" | "revision" | "ref_kind" | "ref_name" | "message" | "release_path" | "returns_to" | "finished_at"
> & {
  /** Why it is not deployed again by itself; null where it is a good one. */
  readonly held_because: string | null;
};

/** The newest deployments of a target that went live, newest first: where a rollback can go back to. */
export async function newestSuccesses(
  { db }: StoreContext,
  { fraise, environment, job }: TargetKey,
  limit: number,
): Promise<readonly Success[]> {
  return await db
    .selectFrom("tb_deployment as d")
    .leftJoin("tb_bad_revision as b", (join) =>
      join
        .onRef("b.fraise", "=", "d.fraise")
        .onRef("b.environment", "=", "d.environment")
        .onRef("b.job", "=", "d.job")
        .onRef("b.revision", "=", "d.revision"),
    )
    .select([
      "d.id",
      "d.trigger",
      "d.revision",
      "d.ref_kind",
      "d.ref_name",
      "d.message",
      "d.release_path",
      "d.returns_to",
    ])
    .select(["d.finished_at", "b.reason as held_because"])
    .where("d.fraise", "=", fraise)
    .where("d.environment", "=", environment)
    .where("d.job", "=", job)
    .where("d.status", "=", "succeeded")
    .orderBy("d.id", "desc")
    .limit(limit)
    .execute();
}
