import type { Destination } from "../../actions/deployments/rollback-places.ts";
import { rollbackNotes } from "../../actions/deployments/rollback-notes.ts";
import type { WantedRevision } from "../../actions/deployments/wanted-revision.ts";
import type { PlanDocument } from "../../answers/schemas/plan-document.ts";
import type { Target } from "../../config/config.ts";
import { stepsBackOf, stepsOf } from "../../deployers/index.ts";
import type { DeploymentOptions } from "../../domain/deployment-options.ts";
import { fullRef } from "../../domain/event.ts";
import { targetName } from "../../domain/fraise.ts";
import { promotionProblem } from "../../domain/promotion.ts";
import { setCommand } from "../../domain/variable.ts";
import { wayBackTo } from "../../pipeline/way-back.ts";
import type { App } from "../app.ts";
import { obstaclesNow } from "./obstacles-now.ts";
import { missingVariables } from "../../answers/targets/missing-variables.ts";
import { pendingMigrations } from "./migrations-of.ts";
import { openSource, planDeployment } from "./planner.ts";
import type { Plan } from "./planner.ts";

/** A target that somebody wants a plan for. */
export interface PlanScene {
  readonly app: App;
  readonly target: Target;
  /** The person or program that asks. */
  readonly by: string;
  readonly signal: AbortSignal;
  /** Whether a migration tool that comes with the revision may be started. */
  readonly mayRunCode: boolean;
}

/** The things that a deployment would do, step by step. Neither the host nor the queue is touched. */
export async function deploymentPlan(
  { app, target, ...asking }: PlanScene,
  wanted: WantedRevision,
  options: DeploymentOptions,
): Promise<PlanDocument> {
  await using source = await openSource(app, target, wanted, asking.signal);
  const plan = await planDeployment(app, target, { wanted, source, options, steps: stepsOf(target, options) });
  const refused = await refusal(app, target, plan.revision);
  const migrations = await pendingMigrations(app, target, source, asking);
  const missing = options.skip_validation === true ? [] : await missingVariables(app, target);
  return {
    ...planJson(target, wanted, plan),
    ...(await obstaclesNow(app, target, "person")),
    refused: refused ?? null,
    ...(migrations === undefined ? {} : { migrations }),
    missing_variables: missing.map((name) => ({ name, set_with: setCommand(target, name) })),
  };
}

/** The things that a rollback would do: it only switches to a release that is kept, and deploys any other revision. */
export async function rollbackPlan(
  { app, target, signal }: PlanScene,
  destination: Destination,
): Promise<PlanDocument> {
  const back = await wayBackTo(app, target, destination.deployment, stepsBackOf(target));
  const how = back ?? { steps: stepsOf(target, {}) };
  await using source = await openSource(app, target, destination, signal);
  const plan = await planDeployment(app, target, { wanted: destination, source, options: {}, ...how });
  const notes = await rollbackNotes(app, target, destination.deployment);
  return { ...planJson(target, destination, plan), ...(await obstaclesNow(app, target, "rollback")), notes };
}

function planJson(target: Target, { ref }: WantedRevision, { revision, runsNow, steps }: Plan) {
  return {
    version: 1,
    target: targetName(target),
    revision,
    ref: ref === undefined ? null : fullRef(ref),
    runs_now: runsNow ?? null,
    steps,
  } as const;
}

/** The conditions of a promotion that are not met at this moment; the deployment asks again. */
async function refusal({ store }: App, target: Target, revision: string): Promise<string | undefined> {
  const { requires } = target.settings;
  if (requires === undefined) return undefined;
  const { fraise, job } = target;
  const standing = await store.targets.standing({ fraise, environment: requires.environment, job }, revision);
  return promotionProblem(requires, standing, revision, new Date());
}
