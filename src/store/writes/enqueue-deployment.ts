import type { Verdict, Wanted } from "../../domain/decision.ts";
import { writeOptions } from "../../domain/deployment-options.ts";
import type { Trigger } from "../../domain/deployment.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import { newId } from "../../domain/id.ts";
import type { StoreContext } from "../store-context.ts";
import { QueueBoard } from "./queue-board.ts";

/**
 * Queues a deployment that a person, a schedule or a sweep asks for. The same revision with the same options already waiting or running is not queued twice: the
 * verdict then names that deployment; with `unlessOneWaits` neither is anything queued over a waiting one. What a person names is deployed even if it runs already or was rolled back once.
 */
export async function enqueueDeployment(
  { db }: StoreContext,
  target: TargetKey,
  trigger: Trigger,
  wanted: Wanted,
  { unlessOneWaits = false } = {},
): Promise<Verdict & { readonly deployment: string }> {
  return await db.transaction().execute(async (tx) => {
    const board = await QueueBoard.load(tx, [target]);
    const { running, waiting } = board.situation(target);
    const newest = waiting ?? running;
    const isSame = newest?.revision === wanted.revision && newest.options === writeOptions(wanted.options ?? {});
    if (newest !== undefined && (isSame || (unlessOneWaits && waiting !== undefined))) {
      return {
        decision: "redelivery",
        reason: `deployment ${newest.id} is already queued or running`,
        deployment: newest.id,
      };
    }
    const deployment = board.enqueue(newId(), target, trigger, wanted);
    await board.save(tx, new Date().toISOString());
    return { decision: "queued", reason: "", deployment };
  });
}
