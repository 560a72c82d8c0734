import type { QueueEntry, Situation, Verdict, Wanted } from "../../domain/decision.ts";
import { writeOptions } from "../../domain/deployment-options.ts";
import type { Trigger } from "../../domain/deployment.ts";
import { isByItself } from "../../domain/deployment.ts";
import type { PlacedTarget, TargetKey } from "../../domain/fraise.ts";
import { newId } from "../../domain/id.ts";
import { newerWaits } from "../../domain/newer-waits.ts";
import type { StoreContext } from "../store-context.ts";
import { answerably } from "./answerably.ts";
import { placementsOf } from "./placements-of.ts";
import { QueueBoard } from "./queue-board.ts";
import { recordAction } from "./record-action.ts";
import type { SerialTransaction } from "./serially.ts";

/**
 * Queues a deployment that a person, a schedule or a sweep asks for. If one of the same revision with the same options waits or runs already, the verdict names that one,
 * and nothing is queued. But if that one is being taken back, the new one waits for its end; and if it waits because of a push, a person's wish takes its place. A revision
 * that a person names is deployed even if it runs already or was rolled back once.
 * @throws UsageError for a rollback where something newer waits: a push that was accepted is not dropped by the way.
 */
export async function enqueueDeployment(
  context: StoreContext,
  target: PlacedTarget,
  trigger: Trigger,
  wanted: Wanted,
): Promise<Verdict & { readonly deployment: string }> {
  return await answerably(context, async (tx) => {
    const place = (await placementsOf(tx, context.host, [target]))(target);
    const board = await QueueBoard.load(tx, [place]);
    const { running, waiting } = board.situation(place);
    if (trigger === "rollback" && waiting !== undefined && waiting.isRollback !== true) {
      throw newerWaits(waiting.id, waiting.revision);
    }
    const same = sameWish({ running, waiting }, trigger, wanted);
    if (same !== undefined) {
      if (same === waiting) {
        await hasten(tx, same.id, trigger, wanted);
        await recordOverride(tx, target, same.id, wanted);
      }
      return {
        decision: "redelivery",
        reason: `deployment ${same.id} is already queued or running`,
        deployment: same.id,
      };
    }
    const deployment = board.enqueue(newId(), place, trigger, wanted);
    await board.save(tx, new Date().toISOString());
    await recordOverride(tx, target, deployment, wanted);
    return { decision: "queued", reason: "", deployment };
  });
}

/** The newest deployment of the queue, if it takes care of this wish. */
function sameWish(
  { running, waiting }: Pick<Situation, "running" | "waiting">,
  trigger: Trigger,
  { revision, options = {} }: Wanted,
): QueueEntry | undefined {
  const newest = waiting ?? running;
  // A deployment that is being taken back ends without it: the new wish waits its turn.
  if (trigger === "rollback" || newest?.status === "rolling_back") return undefined;
  // A runner may skip the deployment of a push, and never the one that a person asked for.
  if (waiting?.isByItself === true && !isByItself({ trigger })) return undefined;
  return newest?.revision === revision && newest.options === writeOptions(options) ? newest : undefined;
}

/** A person does not wait for the time of a retry, and an override does not wait for locks and freeze windows. */
async function hasten(tx: SerialTransaction, waiting: string, trigger: Trigger, { override }: Wanted): Promise<void> {
  const startsNow = { held_because: null, waits_for: null };
  const update = tx.updateTable("tb_deployment").where("id", "=", waiting);
  if (trigger === "person")
    await update
      .set({ ...startsNow, not_before: null })
      .where("not_before", "is not", null)
      .execute();
  if (override !== undefined)
    await update.set({ ...startsNow, override_by: override.by, override_reason: override.reason }).execute();
}

async function recordOverride(
  tx: SerialTransaction,
  { fraise, environment, job }: TargetKey,
  deployment: string,
  { override }: Wanted,
): Promise<void> {
  if (override === undefined) return;
  await recordAction(tx, { action: "override", ...override, fraise, environment, job, subject: deployment });
}
