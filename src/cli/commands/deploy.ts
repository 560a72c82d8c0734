import { openApp, targetOf } from "../../app.ts";
import type { Outcome } from "../../domain/deployment.ts";
import { short } from "../../domain/decision.ts";
import { targetName } from "../../domain/fraise.ts";
import { isAlive } from "../../host/process-identity.ts";
import type { Store } from "../../store/store.ts";
import type { Invocation } from "../command-entry.ts";
import { askedOptions } from "../asked-options.ts";
import type { AskedOptions } from "../asked-options.ts";
import { dryRun } from "../dry-run.ts";
import { EXIT } from "../exit-codes.ts";
import { follow } from "../follow.ts";
import { onInterrupt, requestCancel } from "../interrupt.ts";
import { outcomeStyle } from "../outcome-style.ts";
import { person } from "../person.ts";
import { harmless } from "../print.ts";
import type { Print } from "../print.ts";
import { runHere } from "../run-here.ts";
import { wantedRevision } from "../wanted-revision.ts";
import type { Asked } from "../wanted-revision.ts";

interface Options extends Asked, AskedOptions {
  readonly job?: string;
  readonly reason?: string;
  readonly wait?: boolean;
  readonly dryRun?: boolean;
}

export async function run({ args, options, print }: Invocation<Options>): Promise<number> {
  const [fraise = "", environment = ""] = args;
  const app = await openApp(options.config);
  const { store } = app;
  try {
    const target = targetOf(app.config, { fraise, environment, job: options.job ?? "" });
    const asked = askedOptions(target, options);
    const found = await wantedRevision(app, target, options);
    if (options.dryRun === true) {
      await dryRun(app, target, found, asked, print);
      return EXIT.ok;
    }
    const message = options.reason ?? "";
    const wanted = { ...found, previous: undefined, forced: true, message, triggeredBy: person(), options: asked };
    const { deployment, decision, reason } = await store.enqueueDeployment(target, "person", wanted);
    store.poke();
    if (!print.isJson) {
      print.line(
        decision === "queued"
          ? `deployment ${deployment}: ${targetName(target)} at ${short(found.revision)}`
          : harmless(reason),
      );
    }
    if (!(await hasDaemon(store))) return finish(await runHere(app, target, deployment, print), deployment, print);
    if (options.wait === true) return finish(await waitFor(store, deployment, print), deployment, print);
    if (print.isJson) print.json({ deployment, decision });
    else print.line(`queued; fraisier logs -f ${deployment} follows it`);
    return EXIT.ok;
  } finally {
    await store.close();
  }
}

async function hasDaemon(store: Store): Promise<boolean> {
  return (await store.daemons()).some(
    ({ host, pid, boot_id, start_time }) => isAlive({ host, pid, bootId: boot_id, startTime: start_time }) === true,
  );
}

/** Follows a deployment that a daemon runs; Ctrl-C asks for it to be cancelled, a second one no longer waits. */
async function waitFor(store: Store, deployment: string, print: Print): Promise<Outcome | undefined> {
  using _interrupt = onInterrupt(
    () => requestCancel(store, deployment),
    () => process.exit(EXIT.interrupted),
  );
  return await follow(store, deployment, print, { untilEnd: true });
}

function finish(outcome: Outcome | undefined, deployment: string, print: Print): number {
  if (print.isJson) print.json({ deployment, status: outcome });
  else if (outcome !== undefined) print.line(outcomeStyle(print, outcome));
  return outcome === "succeeded" || outcome === "skipped" ? EXIT.ok : EXIT.failed;
}
