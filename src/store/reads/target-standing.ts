import type { TargetKey } from "../../domain/fraise.ts";
import type { Standing } from "../../domain/promotion.ts";
import { worstOf } from "../../domain/verification.ts";
import type { StoreContext } from "../store-context.ts";

/** The revision that a target runs, and how the last verification of a revision ended there: a promotion goes by these. */
export async function targetStanding(
  { db }: StoreContext,
  { fraise, environment, job }: TargetKey,
  revision: string,
): Promise<Standing> {
  const active = await db
    .selectFrom("v_fraise_status")
    .select(["revision", "active_since"])
    .where((where) => where.and({ fraise, environment, job }))
    .executeTakeFirst();
  const last = await db
    .selectFrom("tb_verification")
    .select("id")
    .where((where) => where.and({ fraise, environment, job, revision }))
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirst();
  const checks =
    last === undefined
      ? []
      : await db.selectFrom("tb_verification").select(["status", "at"]).where("id", "=", last.id).execute();
  const at = checks
    .map((check) => check.at)
    .toSorted()
    .at(-1);
  return {
    revision: active?.revision ?? undefined,
    since: toDate(active?.active_since),
    verification:
      at === undefined ? undefined : { status: worstOf(checks.map(({ status }) => status)), at: new Date(at) },
  };
}

function toDate(text: string | null | undefined): Date | undefined {
  return text === null || text === undefined ? undefined : new Date(text);
}
