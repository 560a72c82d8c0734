import type { App } from "../app.ts";
import type { Target } from "../config/config.ts";
import type { DeploymentOptions } from "../domain/deployment-options.ts";
import { fullRef } from "../domain/event.ts";
import { targetName } from "../domain/fraise.ts";
import { planDeployment } from "../planner.ts";
import { harmless } from "./print.ts";
import type { Print } from "./print.ts";
import type { WantedRevision } from "./wanted-revision.ts";

/** Says what a deployment would do, step by step, and does nothing: neither the host nor the queue is touched. */
export async function dryRun(
  app: App,
  target: Target,
  wanted: WantedRevision,
  options: DeploymentOptions,
  print: Print,
): Promise<void> {
  const { ref } = wanted;
  const { revision, runsNow, steps } = await planDeployment(app, target, wanted, options);
  if (print.isJson) {
    print.json({
      target: targetName(target),
      revision,
      ref: ref === undefined ? null : fullRef(ref),
      runs_now: runsNow ?? null,
      steps,
    });
    return;
  }
  const from = ref === undefined ? "" : harmless(` (${ref.kind} ${ref.name})`);
  print.line(`${targetName(target)}: ${revision}${from}; runs now: ${runsNow ?? "nothing"}`);
  print.line("Nothing is done. A deployment would, in this order:");
  print.table(
    ["PHASE", "STEP", "DOES", "UNDONE ON FAILURE"],
    steps.map((each) => [each.phase, each.step, each.does, each.undone_on_failure ? "yes" : ""]),
  );
  for (const { step, finds } of steps) {
    if (finds.length === 0) continue;
    print.line();
    print.line(`${print.style("bold", step)}:`);
    for (const line of finds) print.line(`  ${harmless(line)}`);
  }
}
