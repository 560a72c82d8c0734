import type { TargetKey } from "../../domain/fraise.ts";
import type { StoreContext } from "../store-context.ts";
import { recordAction } from "./record-action.ts";

export interface Repair {
  readonly by: string;
  /** The thing that was mended: a path, a process, a deployment. */
  readonly subject: string;
  /** The repair's own words about its work. */
  readonly reason: string;
  /** Empty for a thing that belongs to no target. */
  readonly targets: readonly TargetKey[];
}

/** Writes down that a person had a thing mended, once for each of its targets. */
export async function recordRepair({ db }: StoreContext, { targets, ...repair }: Repair): Promise<void> {
  await db.transaction().execute(async (tx) => {
    if (targets.length === 0) await recordAction(tx, { action: "repair", ...repair });
    for (const { fraise, environment, job } of targets)
      await recordAction(tx, { action: "repair", ...repair, fraise, environment, job });
  });
}
