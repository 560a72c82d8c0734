import type { Verdict, Wanted } from "../../domain/decision.ts";
import { writeOptions } from "../../domain/deployment-options.ts";
import type { Trigger } from "../../domain/deployment.ts";
import { isByItself } from "../../domain/deployment.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import { newId } from "../../domain/id.ts";
import { newerWaits } from "../../domain/newer-waits.ts";
import type { StoreContext } from "../store-context.ts";
import { QueueBoard } from "./queue-board.ts";
import { recordAction } from "./record-action.ts";
import { serially } from "./serially.ts";

/**
 * Queues a deployment that a person, a schedule or a sweep asks for. If one of the same revision with the same options waits or runs already, the verdict names that one,
 * and nothing is queued. But if that one is being taken back, the new one waits for its end; and if it waits because of a push, a person's wish takes its place. A revision
 * that a person names is deployed even if it runs already or was rolled back once.
 * @throws UsageError for a rollback where something newer waits: a push that was accepted is not dropped by the way.
 */
export async function enqueueDeployment(
  { db }: StoreContext,
  target: TargetKey,
  trigger: Trigger,
  wanted: Wanted,
): Promise<Verdict & { readonly deployment: string }> {
  return await serially(db, async (tx) => {
    const board = await QueueBoard.load(tx, [target]);
    const { running, waiting } = board.situation(target);
    const newest = waiting ?? running;
    if (trigger === "rollback" && waiting !== undefined && waiting.isRollback !== true) {
      throw newerWaits(waiting.id, waiting.revision);
    }
    const isSame =
      trigger !== "rollback" &&
      // A deployment that is being taken back ends without it: the new wish waits its turn.
      newest?.status !== "rolling_back" &&
      // A runner may skip the deployment of a push, and never the one that a person asked for.
      (waiting?.isByItself !== true || isByItself({ trigger })) &&
      newest?.revision === wanted.revision &&
      newest.options === writeOptions(wanted.options ?? {});
    if (newest !== undefined && isSame) {
      // A person does not wait for the time of a retry.
      if (trigger === "person" && waiting !== undefined) {
        await tx
          .updateTable("tb_deployment")
          .set({ not_before: null, held_because: null, waits_for: null })
          .where("id", "=", waiting.id)
          .where("not_before", "is not", null)
          .execute();
      }
      if (wanted.override !== undefined && waiting !== undefined) {
        const { by, reason } = wanted.override;
        await tx
          .updateTable("tb_deployment")
          .set({ override_by: by, override_reason: reason, held_because: null, waits_for: null })
          .where("id", "=", waiting.id)
          .execute();
        await recordAction(tx, { action: "override", by, ...keyOf(target), subject: waiting.id, reason });
      }
      return {
        decision: "redelivery",
        reason: `deployment ${newest.id} is already queued or running`,
        deployment: newest.id,
      };
    }
    const deployment = board.enqueue(newId(), target, trigger, wanted);
    await board.save(tx, new Date().toISOString());
    if (wanted.override !== undefined) {
      const { by, reason } = wanted.override;
      await recordAction(tx, { action: "override", by, ...keyOf(target), subject: deployment, reason });
    }
    return { decision: "queued", reason: "", deployment };
  });
}

function keyOf({ fraise, environment, job }: TargetKey): TargetKey {
  return { fraise, environment, job };
}
