import type { App } from "../../compose/app.ts";
import { stepsBackOf, stepsOf } from "../../deployers/index.ts";
import type { Target } from "../../config/config.ts";
import type { DeploymentOptions } from "../../domain/deployment-options.ts";
import { fullRef } from "../../domain/event.ts";
import { targetName } from "../../domain/fraise.ts";
import { promotionProblem } from "../../domain/promotion.ts";
import { setCommand } from "../../domain/variable.ts";
import { openSource, planDeployment } from "../../compose/planner.ts";
import type { Plan } from "../../compose/planner.ts";
import { wayBackTo } from "../../pipeline/way-back.ts";
import { pendingMigrations } from "../databases/migrations-of.ts";
import type { PendingMigrations } from "../databases/migrations-of.ts";
import { missingVariables } from "../variables/missing-variables.ts";
import { harmless } from "../../domain/harmless.ts";
import type { Print } from "../print/print.ts";
import type { TargetScene } from "../targets/with-target.ts";
import type { Destination } from "../../actions/deployments/rollback-places.ts";
import type { WantedRevision } from "../../actions/deployments/wanted-revision.ts";

/** Says what a deployment would do, step by step, and does nothing: neither the host nor the queue is touched. */
export async function dryRun(
  { app, target, print }: TargetScene,
  wanted: WantedRevision,
  options: DeploymentOptions,
): Promise<void> {
  const { store } = app;
  await using source = await openSource(app, target, wanted);
  const plan = await planDeployment(app, target, { wanted, source, options, steps: stepsOf(target, options) });
  const refused = await refusal(store, target, plan.revision);
  const migrations = await pendingMigrations(app, target, source);
  const lacking = options.skip_validation === true ? [] : await missingVariables(app, target);
  const missing = lacking.map((name) => ({ name, set_with: setCommand(target, name) }));
  if (print.isJson) {
    const more = migrations === undefined ? {} : { migrations };
    print.json({ ...asJson(target, wanted, plan), refused: refused ?? null, ...more, missing_variables: missing });
    return;
  }
  tellPlan(target, wanted, plan, print);
  if (refused !== undefined) print.line(print.style("red", `It would be refused: ${refused}`));
  if (migrations !== undefined) tellMigrations(migrations, print);
  if (missing.length === 0) return;
  print.line(
    "It would stop at once, unless the daemon's environment has them: required variables are neither set nor in this shell.",
  );
  for (const { set_with } of missing) print.line(`  ${set_with}`);
}

/** Says what a rollback would do: it only switches to a release that is kept, and deploys any other revision. */
export async function dryRunBack({ app, target, print }: TargetScene, wanted: Destination): Promise<void> {
  const back = await wayBackTo(app, target, wanted.deployment, stepsBackOf(target));
  const how = back ?? { steps: stepsOf(target, {}) };
  await using source = await openSource(app, target, wanted);
  const plan = await planDeployment(app, target, { wanted, source, options: {}, ...how });
  if (print.isJson) print.json(asJson(target, wanted, plan));
  else tellPlan(target, wanted, plan, print);
}

function asJson(target: Target, { ref }: WantedRevision, { revision, runsNow, steps }: Plan): Record<string, unknown> {
  return {
    target: targetName(target),
    revision,
    ref: ref === undefined ? null : fullRef(ref),
    runs_now: runsNow ?? null,
    steps,
  };
}

function tellPlan(target: Target, { ref }: WantedRevision, { revision, runsNow, steps }: Plan, print: Print): void {
  const from = ref === undefined ? "" : harmless(` (${ref.kind} ${ref.name})`);
  print.line(`${targetName(target)}: ${revision}${from}; runs now: ${runsNow ?? "nothing"}`);
  print.line("Nothing is done. A deployment would, in this order:");
  print.table(
    [{ title: "PHASE", leaves: 1 }, "STEP", { title: "UNDONE ON FAILURE", leaves: 2 }, "DOES"],
    steps.map((each) => [each.phase, each.step, each.undone_on_failure ? "yes" : "", each.does]),
  );
  for (const { step, finds } of steps) {
    if (finds.length === 0) continue;
    print.line();
    print.line(`${print.style("bold", step)}:`);
    for (const line of finds) print.line(`  ${harmless(line)}`);
  }
}

function tellMigrations(migrations: PendingMigrations, print: Print): void {
  if (!migrations.known) {
    print.line(harmless(`The pending migrations cannot be known yet: ${migrations.reason}`));
    return;
  }
  print.line(harmless(`Pending migrations: ${migrations.pending.join(", ") || "none"}`));
  if (migrations.out_of_order.length > 0) print.line(harmless(`Out of order: ${migrations.out_of_order.join(", ")}`));
  if (migrations.changed.length > 0) {
    print.line(harmless(`It would FAIL: changed after they were applied: ${migrations.changed.join(", ")}`));
  }
}

/** The conditions of a promotion that are not met at this moment; the deployment asks again. */
async function refusal(store: App["store"], target: Target, revision: string): Promise<string | undefined> {
  const { requires } = target.settings;
  if (requires === undefined) return undefined;
  const { fraise, job } = target;
  const standing = await store.targets.standing({ fraise, environment: requires.environment, job }, revision);
  return promotionProblem(requires, standing, revision, new Date());
}
