import type { App } from "../../compose/app.ts";
import { openApp } from "../../compose/app.ts";
import { borrowersOf } from "../../config/targets/code-from.ts";
import type { Target } from "../../config/config.ts";
import { short } from "../../domain/decision.ts";
import { targetName } from "../../domain/fraise.ts";
import type { Invocation } from "../command-entry.ts";
import { dryRunBack } from "../deployments/dry-run.ts";
import { EXIT } from "../exit-codes.ts";
import { overrideOf } from "../deployments/override.ts";
import { person } from "../person.ts";
import { harmless } from "../print/harmless.ts";
import type { Print } from "../print/print.ts";
import { rollbackDestination } from "../deployments/rollback-destination.ts";
import type { Back } from "../deployments/rollback-destination.ts";
import { stayingMigrations, stayingNote } from "../deployments/staying-migrations.ts";
import { startDeployment } from "../deployments/start-deployment.ts";
import { namedTarget } from "../targets/named-target.ts";
import { withoutSecrets } from "../deployments/without-secrets.ts";

interface Options extends Back {
  readonly job?: string;
  readonly reason?: string;
  readonly override?: string;
  /** Commander spells `--no-wait` in this way. */
  readonly wait: boolean;
  readonly dryRun?: boolean;
}

export async function run({ args, options, print }: Invocation<Options>): Promise<number> {
  const app = await openApp(options.config);
  try {
    const target = namedTarget(app.config, args, options);
    return await withoutSecrets(app, target, () => rollBack(app, target, options, print));
  } finally {
    await app.store.close();
  }
}

async function rollBack(app: App, target: Target, options: Options, print: Print): Promise<number> {
  const { revision, ref, deployment } = await rollbackDestination(app, target, options);
  const staying = await stayingMigrations(app.store, target, deployment);
  if (staying.length > 0 && !print.isJson) print.line(harmless(stayingNote(staying, target)));
  const borrowers = borrowersOf(app.config.targets, target).map(targetName).join(", ");
  if (borrowers !== "" && !print.isJson)
    print.line(
      harmless(
        `its code is read by ${borrowers}, too: no deployment follows there by itself, status shows the difference`,
      ),
    );
  if (options.dryRun === true) {
    await dryRunBack(app, target, { revision, ref }, deployment, print);
    return EXIT.ok;
  }
  const wanted = {
    revision,
    ref,
    previous: undefined,
    forced: true,
    message: options.reason ?? "",
    triggeredBy: person(),
    ...(deployment === undefined ? {} : { returnsTo: deployment }),
    ...overrideOf(options.override),
  };
  if (!print.isJson)
    print.line(`back to ${short(revision)}${deployment === undefined ? "" : `, as deployment ${deployment} left it`}`);
  return await startDeployment(app, target, "rollback", wanted, { wait: options.wait }, print);
}
