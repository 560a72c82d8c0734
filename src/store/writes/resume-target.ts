import type { TargetKey } from "../../domain/fraise.ts";
import type { StoreContext } from "../store-context.ts";
import { answerably } from "./answerably.ts";
import { recordAction } from "./record-action.ts";

export interface EndedHold {
  /** Why it was on hold; undefined when it was not. */
  readonly hold: string | undefined;
  /** Revisions that webhooks and sweeps may deploy again. */
  readonly revisions: readonly string[];
}

/** Ends a target's hold by hand: what was rolled back may be deployed again. */
export async function resumeTarget(
  context: StoreContext,
  target: TargetKey,
  by: string,
  reason: string,
): Promise<EndedHold> {
  const { fraise, environment, job } = target;
  return await answerably(context, async (tx) => {
    const state = await tx
      .selectFrom("tb_fraise_state")
      .select("hold_reason")
      .where((where) => where.and({ fraise, environment, job }))
      .executeTakeFirst();
    const bad = await tx
      .deleteFrom("tb_bad_revision")
      .where((where) => where.and({ fraise, environment, job }))
      .returning("revision")
      .execute();
    const hold = state?.hold_reason ?? undefined;
    if (hold === undefined && bad.length === 0) return { hold, revisions: [] };
    await tx
      .updateTable("tb_fraise_state")
      .set({ hold_reason: null, hold_since: null, updated_at: new Date().toISOString() })
      .where((where) => where.and({ fraise, environment, job }))
      .execute();
    const revisions = bad.map(({ revision }) => revision);
    await recordAction(tx, {
      action: "release",
      by,
      fraise,
      environment,
      job,
      subject: revisions.join(" "),
      reason: reason || (hold ?? ""),
    });
    return { hold, revisions };
  });
}
