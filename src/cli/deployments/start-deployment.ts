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
import { followQueued } from "./follow-queued.ts";
import { notice } from "../../notices.ts";
import { isOutdated, livingDaemon, outdatedDaemon } from "../../answers/daemon/living-daemon.ts";
import { harmless } from "../../domain/harmless.ts";
import type { TargetScene } from "../targets/with-target.ts";
import { runHere } from "./run-here.ts";
import { tellEnd } from "./tell-end.ts";

interface WaitOptions {
  readonly wait: boolean;
  /** Whether the whole output is shown, in place of the phases. */
  readonly log: boolean;
}

/**
 * Queues the deployment that a person asks for. A living daemon runs it, and with `wait` it is followed to its end; without a daemon it is run here. Returns
 * the exit code of the command.
 */
export async function startDeployment(
  { app, target, print }: TargetScene,
  trigger: Trigger,
  wanted: Wanted,
  { wait, log }: WaitOptions,
): Promise<number> {
  const { store } = app;
  const daemon = await livingDaemon(store);
  if (daemon === undefined) await prepareHere(app, target, trigger);
  const { deployment, decision, reason } = await queueDeployment(app, target, trigger, wanted);
  if (!print.isJson) {
    print.line(
      decision === "queued"
        ? `deployment ${deployment}: ${targetName(target)} at ${short(wanted.revision)}`
        : harmless(reason),
    );
  }
  const feed = storeFeed(app);
  const end = { address: target.settings.health_check?.url, hasSeenLog: log };
  const host = (await store.deployments.summary(deployment))?.host;
  if (daemon === undefined && host === store.host) {
    await runHere(app, target, deployment, { print, log });
    return await tellEnd(feed, deployment, print, end);
  }
  if (daemon === undefined) notice(elsewhere(target, host));
  else if (isOutdated(daemon, store)) notice(outdatedDaemon(daemon));
  return await followQueued(feed, { deployment, decision }, print, { ...end, wait });
}

/** Looks before anything is queued whether this command could run the deployment itself. */
async function prepareHere(app: App, target: Target, trigger: Trigger): Promise<void> {
  // A daemon lets the deployment wait for missing secrets; here a person waits.
  if (trigger !== "rollback") await requireSecrets(app, target);
  await app.store.daemons.takeUnplaced();
  // The runner reads it as the service's user, whom root has become.
  await mustRead(app.config.file);
}

function elsewhere(target: Target, host = ""): string {
  const name = targetName(target);
  return host === ""
    ? `fraises.yaml does not say on which host ${name} lives, so that the deployment waits: fraisier status says more`
    : `${name} lives on ${host}: the daemon there runs the deployment`;
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
