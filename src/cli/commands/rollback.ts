import { borrowersOf } from "../../config/targets/code-from.ts";
import { short } from "../../domain/decision.ts";
import { targetName } from "../../domain/fraise.ts";
import type { Invocation } from "../command-entry.ts";
import { dryRunBack } from "../deployments/dry-run.ts";
import { personWish } from "../../actions/deployments/person-wish.ts";
import type { Reasons } from "../../actions/deployments/person-wish.ts";
import { rollbackDestination } from "../../actions/deployments/rollback-destination.ts";
import type { Back } from "../../actions/deployments/rollback-destination.ts";
import { startDeployment } from "../deployments/start-deployment.ts";
import { stayingMigrations, stayingNote } from "../deployments/staying-migrations.ts";
import { EXIT } from "../exit-codes.ts";
import { person } from "../person.ts";
import { harmless } from "../../domain/harmless.ts";
import { withTarget } from "../targets/with-target.ts";
import type { TargetScene } from "../targets/with-target.ts";

interface Options extends Back, Reasons {
  readonly job?: string;
  readonly wait?: boolean;
  readonly log?: boolean;
  readonly dryRun?: boolean;
}

export async function run(invocation: Invocation<Options>): Promise<number> {
  return await withTarget(invocation, (scene) => rollBack(scene, invocation.options));
}

async function rollBack(scene: TargetScene, options: Options): Promise<number> {
  const { app, target, print } = scene;
  const destination = await rollbackDestination(app, target, options);
  const { revision, deployment } = destination;
  for (const note of await notesOf(scene, deployment)) if (!print.isJson) print.line(harmless(note));
  if (options.dryRun === true) {
    await dryRunBack(scene, destination);
    return EXIT.ok;
  }
  const wish = personWish(destination, options, person());
  if (!print.isJson)
    print.line(`back to ${short(revision)}${deployment === undefined ? "" : `, as deployment ${deployment} left it`}`);
  const wanted = deployment === undefined ? wish : { ...wish, returnsTo: deployment };
  return await startDeployment(scene, "rollback", wanted, { wait: options.wait ?? true, log: options.log === true });
}

/** The things that a rollback by hand leaves as they are, in sentences. */
async function notesOf({ app, target }: TargetScene, deployment: string | undefined): Promise<readonly string[]> {
  const staying = await stayingMigrations(app.store, target, deployment);
  const borrowers = borrowersOf(app.config.targets, target).map(targetName).join(", ");
  return [
    ...(staying.length === 0 ? [] : [stayingNote(staying, target)]),
    ...(borrowers === ""
      ? []
      : [`its code is read by ${borrowers}, too: no deployment follows there by itself, status shows the difference`]),
  ];
}
