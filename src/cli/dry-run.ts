import { basename } from "node:path";
import type { App } from "../app.ts";
import { deployerOf } from "../app.ts";
import type { Target } from "../config/config.ts";
import { fullRef } from "../domain/event.ts";
import { targetName } from "../domain/fraise.ts";
import { promotionProblem } from "../domain/promotion.ts";
import { placesOf } from "../pipeline/places.ts";
import { stepsBack } from "../pipeline/steps-back.ts";
import type { Step } from "../steps/step.ts";
import type { PendingMigrations } from "./migrations-of.ts";
import { pendingMigrations } from "./migrations-of.ts";
import { setCommand } from "../domain/variable.ts";
import { missingVariables } from "./missing-variables.ts";
import { harmless } from "./print.ts";
import type { Print } from "./print.ts";
import type { WantedRevision } from "./wanted-revision.ts";

/** Says what a deployment would do, step by step, and does nothing: neither the host nor the queue is touched. */
export async function dryRun(app: App, target: Target, wanted: WantedRevision, print: Print): Promise<void> {
  await showSteps(app, target, wanted, { steps: deployerOf(target).steps(target), release: "<deployment>" }, print);
}

/** The same for a rollback: to a release that is kept it only switches, to anything else it deploys. */
export async function dryRunBack(
  app: App,
  target: Target,
  wanted: WantedRevision,
  deployment: string | undefined,
  print: Print,
): Promise<void> {
  const steps = deployerOf(target).steps(target);
  const detail = deployment === undefined ? undefined : await app.store.deploymentDetail(deployment);
  const path = target.settings.layout === "releases" ? detail?.deployment.release_path : undefined;
  const isKept = path !== undefined && path !== null && (await app.host.files.exists(path));
  const plan = isKept ? { steps: stepsBack(steps), release: basename(path) } : { steps, release: "<deployment>" };
  await showSteps(app, target, wanted, plan, print);
}

async function showSteps(
  app: App,
  target: Target,
  { revision, ref }: WantedRevision,
  plan: { readonly steps: readonly Step[]; readonly release: string },
  print: Print,
): Promise<void> {
  const { config, store } = app;
  const [row] = await store.targetStatus(target);
  const refused = await refusal(store, target, revision);
  const context = { target, places: placesOf(target, plan.release, config.deployment.state_directory) };
  const steps = plan.steps.map((step) => ({
    step: step.name,
    phase: step.phase,
    does: step.describe(context),
    undone_on_failure: step.undo !== undefined,
  }));
  const migrations = await pendingMigrations(app, target, revision);
  const missing = (await missingVariables(store, target)).map((name) => ({ name, set_with: setCommand(target, name) }));
  if (print.isJson) {
    print.json({
      target: targetName(target),
      revision,
      ref: ref === undefined ? null : fullRef(ref),
      runs_now: row?.revision ?? null,
      refused: refused ?? null,
      steps,
      ...(migrations === undefined ? {} : { migrations }),
      missing_variables: missing,
    });
    return;
  }
  const from = ref === undefined ? "" : harmless(` (${ref.kind} ${ref.name})`);
  print.line(`${targetName(target)}: ${revision}${from}; runs now: ${row?.revision ?? "nothing"}`);
  if (refused !== undefined) print.line(print.style("red", `It would be refused: ${refused}`));
  print.line("Nothing is done. A deployment would, in this order:");
  print.table(
    ["PHASE", "STEP", "DOES", "UNDONE ON FAILURE"],
    steps.map((each) => [each.phase, each.step, each.does, each.undone_on_failure ? "yes" : ""]),
  );
  if (migrations !== undefined) tellMigrations(migrations, print);
  if (missing.length === 0) return;
  print.line(
    "It would stop at once, unless the daemon's environment has them: required variables are neither set nor in this shell.",
  );
  for (const { set_with } of missing) print.line(`  ${set_with}`);
}

function tellMigrations(migrations: PendingMigrations, print: Print): void {
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

/** What a promotion lacks at this moment; the deployment asks again. */
async function refusal(store: App["store"], target: Target, revision: string): Promise<string | undefined> {
  const { requires } = target.settings;
  if (requires === undefined) return undefined;
  const { fraise, job } = target;
  const standing = await store.targetStanding({ fraise, environment: requires.environment, job }, revision);
  return promotionProblem(requires, standing, revision, new Date());
}
