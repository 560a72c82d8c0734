import { notByItself } from "../../domain/decision.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import type { StoreContext } from "../store-context.ts";

/** Why a target does not deploy a revision by itself, in a sentence; undefined if it may. */
export async function heldBack({ db }: StoreContext, target: TargetKey, revision: string): Promise<string | undefined> {
  const { fraise, environment, job } = target;
  const row = await db
    .selectFrom("tb_bad_revision")
    .select("reason")
    .where((where) => where.and({ fraise, environment, job, revision }))
    .executeTakeFirst();
  return row === undefined ? undefined : notByItself(revision, target, row.reason);
}
