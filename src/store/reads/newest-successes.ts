import type { Trigger } from "../../domain/deployment.ts";
import { refOf } from "../../domain/event.ts";
import type { Ref } from "../../domain/event.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import type { StoreContext } from "../store-context.ts";
import { withoutNulls } from "../without-nulls.ts";

/** A deployment that went live. */
export interface Success {
  readonly id: string;
  readonly trigger: Trigger;
  readonly revision: string;
  readonly ref: Ref | undefined;
  readonly releasePath: string | undefined;
  /** The deployment whose release it went back to, if it is a rollback by hand. */
  readonly returnsTo: string | undefined;
  /** Why its revision is not deployed again by itself; undefined if it may be. */
  readonly badBecause: string | undefined;
}

/** The newest deployments of a target that went live, newest first: where a rollback can go back to. */
export async function newestSuccesses(
  { db }: StoreContext,
  { fraise, environment, job }: TargetKey,
  limit: number,
): Promise<readonly Success[]> {
  const rows = await db
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
      "d.release_path as releasePath",
      "d.returns_to as returnsTo",
      "b.reason as badBecause",
    ])
    .where("d.fraise", "=", fraise)
    .where("d.environment", "=", environment)
    .where("d.job", "=", job)
    .where("d.status", "=", "succeeded")
    .orderBy("d.id", "desc")
    .limit(limit)
    .execute();
  return rows.map(({ ref_kind: kind, ref_name: name, ...rest }) => ({ ...withoutNulls(rest), ref: refOf(kind, name) }));
}
