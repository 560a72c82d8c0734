import { short } from "../../domain/decision.ts";
import type { Invocation } from "../command-entry.ts";
import { rollbackPlan } from "../../compose/planning/plan-documents.ts";
import { planScene } from "../deployments/plan-scene.ts";
import { printPlan } from "../print/print-plan.ts";
import { personWish } from "../../actions/deployments/person-wish.ts";
import type { Reasons } from "../../actions/deployments/person-wish.ts";
import { rollbackDestination, severalPlaces } from "../../actions/deployments/rollback-destination.ts";
import type { Back } from "../../actions/deployments/rollback-destination.ts";
import { rollbackNotes } from "../../actions/deployments/rollback-notes.ts";
import { startDeployment } from "../deployments/start-deployment.ts";
import { EXIT } from "../exit-codes.ts";
import { person } from "../person.ts";
import { harmless } from "../../domain/harmless.ts";
import { needOf, startThere } from "../server/start-there.ts";
import { wordFor } from "../server/word-for.ts";
import { withTargetThere } from "../targets/with-target.ts";
import type { TargetScene } from "../targets/with-target.ts";

interface Options extends Back, Reasons {
  readonly job?: string;
  readonly wait?: boolean;
  readonly log?: boolean;
  readonly dryRun?: boolean;
}

export async function run(invocation: Invocation<Options>): Promise<number> {
  const { args, options, print } = invocation;
  return await withTargetThere(invocation, needOf(options), {
    here: async (scene) => await rollBack(scene, options),
    there: async (client) =>
      await startThere(client, "rollback", backWish(args, options), { ...options, wait: options.wait ?? true, print }),
  });
}

async function rollBack(scene: TargetScene, options: Options): Promise<number> {
  const { app, target, print } = scene;
  const destination = await rollbackDestination(app, target, options);
  const { revision, deployment } = destination;
  if (options.dryRun === true) {
    printPlan(await rollbackPlan(planScene(scene), destination), print);
    return EXIT.ok;
  }
  for (const note of await rollbackNotes(app, target, deployment)) if (!print.isJson) print.line(harmless(note));
  const wish = personWish(destination, options, person());
  if (!print.isJson)
    print.line(`back to ${short(revision)}${deployment === undefined ? "" : `, as deployment ${deployment} left it`}`);
  const wanted = deployment === undefined ? wish : { ...wish, returnsTo: deployment };
  return await startDeployment(scene, "rollback", wanted, { wait: options.wait ?? true, log: options.log === true });
}

/** The document of a rollback. Without a place to go back to, it is the newest success before. */
function backWish(args: readonly string[], options: Options) {
  const { last, toCommit, toVersion, toDeployment, reason, override } = options;
  const places = [toCommit, toVersion, toDeployment].filter((each) => each !== undefined);
  if (last === true && places.length > 0) throw severalPlaces();
  return {
    target: wordFor(args, options),
    to_commit: toCommit,
    to_version: toVersion,
    to_deployment: toDeployment,
    reason,
    override,
  };
}
