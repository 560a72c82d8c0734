import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { missingSecretsOf } from "../../variables/missing-secrets.ts";
import { queueDeployment } from "../../actions/queue-deployment.ts";
import { storeFeed } from "../../answers/following/store-feed.ts";
import type { App } from "../../compose/app.ts";
import type { Target } from "../../config/config.ts";
import { short } from "../../domain/decision.ts";
import type { Wanted } from "../../domain/decision.ts";
import type { Trigger } from "../../domain/deployment.ts";
import { ConfigError, PermissionDenied } from "../../domain/errors.ts";
import { isDenied } from "../../domain/is-denied.ts";
import { targetName } from "../../domain/fraise.ts";
import { thisUser } from "../../host/accounts.ts";
import { EXIT } from "../exit-codes.ts";
import { followLog } from "./follow-log.ts";
import { onInterrupt, requestCancel } from "./interrupt.ts";
import { notice } from "../../notices.ts";
import { isOutdated, livingDaemon, outdatedDaemon } from "../../answers/daemon/living-daemon.ts";
import { harmless } from "../../domain/harmless.ts";
import type { Print } from "../print/print.ts";
import type { TargetScene } from "../targets/with-target.ts";
import { runHere } from "./run-here.ts";
import { tellEnd } from "./tell-end.ts";

/**
 * Queues the deployment that a person asks for. A living daemon runs it, and with `wait` it is followed to its end; without a daemon it is run here. Returns
 * the exit code of the command.
 */
export async function startDeployment(
  { app, target, print }: TargetScene,
  trigger: Trigger,
  wanted: Wanted,
  { wait }: { readonly wait: boolean },
): Promise<number> {
  const { store, config } = app;
  const daemon = await livingDaemon(store);
  // A daemon lets the deployment wait for missing secrets; here a person waits.
  if (daemon === undefined && trigger !== "rollback") await requireSecrets(app, target);
  // The runner reads it as the service's user, whom root has become.
  if (daemon === undefined) await mustRead(config.file);
  const { deployment, decision, reason } = await queueDeployment(app, target, trigger, wanted);
  if (!print.isJson) {
    print.line(
      decision === "queued"
        ? `deployment ${deployment}: ${targetName(target)} at ${short(wanted.revision)}`
        : harmless(reason),
    );
  }
  if (daemon === undefined) {
    await runHere(app, target, deployment, print);
    return await tellEnd(store, deployment, print);
  }
  if (isOutdated(daemon, store)) notice(outdatedDaemon(daemon));
  if (wait) {
    await waitFor(app, deployment, decision === "queued", print);
    return await tellEnd(store, deployment, print);
  }
  if (print.isJson) print.json({ deployment, decision });
  else print.line(`queued; fraisier logs -f ${deployment} follows it`);
  return EXIT.ok;
}

/** @throws ConfigError with every secret of the target that is missing. */
async function requireSecrets({ store }: App, target: Target): Promise<void> {
  const missing = await missingSecretsOf(target, store);
  if (missing.length > 0) throw new ConfigError(`${targetName(target)} lacks secrets: nothing was queued`, missing);
}

/** @throws PermissionDenied */
async function mustRead(file: string): Promise<void> {
  try {
    await access(file, constants.R_OK);
  } catch (cause) {
    if (!isDenied(cause)) throw cause;
    throw new PermissionDenied(`user ${thisUser()}, who deploys here, may not read ${file}`, {
      hint: `Nothing was queued. Give that user leave to read it (chgrp, chmod 640), or name a file that the user can read: --config.`,
      cause,
    });
  }
}

/** Follows a deployment that a daemon runs. The first Ctrl-C asks for its cancellation if it is ours; the second one stops waiting. */
async function waitFor(app: App, deployment: string, isOurs: boolean, print: Print): Promise<void> {
  let asked = Promise.resolve();
  // The wish must be on record before the command exits, or it would be lost.
  const leave = (): void => void asked.then(() => process.exit(EXIT.interrupted));
  const cancel = (): void => {
    if (!print.isJson) print.line("cancelling; Ctrl-C again no longer waits for it");
    asked = requestCancel(app.store, deployment);
  };
  using _interrupt = onInterrupt(isOurs ? cancel : leave, leave);
  await followLog(storeFeed(app), deployment, print);
}
