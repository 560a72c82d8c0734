import { EXIT } from "../exit-codes.ts";
import { person } from "../person.ts";
import type { TargetScene } from "../targets/with-target.ts";
import { askedOptions } from "../../actions/deployments/asked-options.ts";
import type { AskedOptions } from "../../actions/deployments/asked-options.ts";
import { deploymentPlan } from "../../compose/planning/plan-documents.ts";
import { printPlan } from "../print/print-plan.ts";
import { planScene } from "./plan-scene.ts";
import { personWish } from "../../actions/deployments/person-wish.ts";
import type { Reasons } from "../../actions/deployments/person-wish.ts";
import { isWaitWanted } from "./follow-queued.ts";
import { startDeployment } from "./start-deployment.ts";
import type { WantedRevision } from "../../actions/deployments/wanted-revision.ts";

/** The options of every command that deploys. */
export interface SubmitOptions extends AskedOptions, Reasons {
  readonly wait?: boolean;
  readonly log?: boolean;
  readonly dryRun?: boolean;
}

/** Deploys a revision because a person wants it; with `dryRun` only says what would be done. Returns the exit code. */
export async function submitDeployment(
  scene: TargetScene,
  found: WantedRevision,
  options: SubmitOptions,
): Promise<number> {
  const asked = askedOptions(scene.target, options);
  if (options.dryRun === true) {
    printPlan(await deploymentPlan(planScene(scene), found, asked), scene.print);
    return EXIT.ok;
  }
  const wanted = { ...personWish(found, options, person()), options: asked };
  return await startDeployment(scene, "person", wanted, {
    wait: isWaitWanted(options, scene.print),
    log: options.log === true,
  });
}
