import type { App } from "../app.ts";
import { deployerOf } from "../app.ts";
import type { Target } from "../config/config.ts";
import { fullRef } from "../domain/event.ts";
import { targetName } from "../domain/fraise.ts";
import { placesOf } from "../pipeline/places.ts";
import { pendingMigrations } from "./migrations-of.ts";
import { harmless } from "./print.ts";
import type { Print } from "./print.ts";
import type { WantedRevision } from "./wanted-revision.ts";

/** Says what a deployment would do, step by step, and does nothing: neither the host nor the queue is touched. */
export async function dryRun(app: App, target: Target, { revision, ref }: WantedRevision, print: Print): Promise<void> {
  const { config, store } = app;
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
  const migrations = await pendingMigrations(app, target, revision);
  if (print.isJson) {
    print.json({
      target: targetName(target),
      revision,
      ref: ref === undefined ? null : fullRef(ref),
      runs_now: row?.revision ?? null,
      steps,
      ...(migrations === undefined ? {} : { migrations }),
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
  if (migrations === undefined) return;
  if (!migrations.known) {
    print.line(harmless(`Which migrations are pending cannot be known yet: ${migrations.reason}`));
    return;
  }
  print.line(harmless(`Pending migrations: ${migrations.pending.join(", ") || "none"}`));
  if (migrations.out_of_order.length > 0) print.line(harmless(`Out of order: ${migrations.out_of_order.join(", ")}`));
  if (migrations.changed.length > 0) {
    print.line(harmless(`It would FAIL: changed after they were applied: ${migrations.changed.join(", ")}`));
  }
}
