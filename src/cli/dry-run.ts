import type { App } from "../app.ts";
import { deployerOf } from "../app.ts";
import type { Target } from "../config/config.ts";
import { fullRef } from "../domain/event.ts";
import { targetName } from "../domain/fraise.ts";
import { placesOf } from "../pipeline/places.ts";
import { setCommand } from "../domain/variable.ts";
import { missingVariables } from "./missing-variables.ts";
import { harmless } from "./print.ts";
import type { Print } from "./print.ts";
import type { WantedRevision } from "./wanted-revision.ts";

/** Says what a deployment would do, step by step, and does nothing: neither the host nor the queue is touched. */
export async function dryRun(
  { config, store }: App,
  target: Target,
  { revision, ref }: WantedRevision,
  print: Print,
): Promise<void> {
  const [row] = await store.targetStatus(target);
  const context = { target, places: placesOf(target, "<deployment>", config.deployment.state_directory) };
  const steps = deployerOf(target)
    .steps(target)
    .map((step) => ({
      step: step.name,
      phase: step.phase,
      does: step.describe(context),
      undone_on_failure: step.undo !== undefined,
    }));
  const missing = (await missingVariables(store, target)).map((name) => ({ name, set_with: setCommand(target, name) }));
  if (print.isJson) {
    print.json({
      target: targetName(target),
      revision,
      ref: ref === undefined ? null : fullRef(ref),
      runs_now: row?.revision ?? null,
      steps,
      missing_variables: missing,
    });
    return;
  }
  const from = ref === undefined ? "" : harmless(` (${ref.kind} ${ref.name})`);
  print.line(`${targetName(target)}: ${revision}${from}; runs now: ${row?.revision ?? "nothing"}`);
  print.line("Nothing is done. A deployment would, in this order:");
  print.table(
    ["PHASE", "STEP", "DOES", "UNDONE ON FAILURE"],
    steps.map((each) => [each.phase, each.step, each.does, each.undone_on_failure ? "yes" : ""]),
  );
  if (missing.length === 0) return;
  print.line(
    "It would stop at once, unless the daemon's environment has them: required variables are neither set nor in this shell.",
  );
  for (const { set_with } of missing) print.line(`  ${set_with}`);
}
