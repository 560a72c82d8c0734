import type { App } from "../app.ts";
import type { Target } from "../config/config.ts";
import { short } from "../domain/decision.ts";
import type { Wanted } from "../domain/decision.ts";
import type { Outcome, Trigger } from "../domain/deployment.ts";
import { targetName } from "../domain/fraise.ts";
import { isAlive } from "../host/process-identity.ts";
import type { Store } from "../store/store.ts";
import { EXIT } from "./exit-codes.ts";
import { follow } from "./follow.ts";
import { onInterrupt, requestCancel } from "./interrupt.ts";
import { outcomeStyle } from "./outcome-style.ts";
import { notice } from "../notices.ts";
import { harmless } from "./print.ts";
import type { Print } from "./print.ts";
import { runHere } from "./run-here.ts";

export type Daemon = Awaited<ReturnType<Store["daemons"]>>[number];

/**
 * Queues what a person asks for. A living daemon runs it, and with `wait` it is followed to its end; without a daemon it is run here. Gives the exit
 * code of the command.
 */
export async function startDeployment(
  app: App,
  target: Target,
  trigger: Trigger,
  wanted: Wanted,
  { wait }: { readonly wait: boolean },
  print: Print,
): Promise<number> {
  const { store } = app;
  const { deployment, decision, reason } = await store.enqueueDeployment(target, trigger, wanted);
  store.poke();
  if (!print.isJson) {
    print.line(
      decision === "queued"
        ? `deployment ${deployment}: ${targetName(target)} at ${short(wanted.revision)}`
        : harmless(reason),
    );
  }
  const daemon = (await store.daemons()).find(isRunning);
  if (daemon === undefined) return finish(await runHere(app, target, deployment, print), deployment, print);
  if (isOutdated(daemon, store)) notice(outdatedDaemon(daemon));
  if (wait) return finish(await waitFor(store, deployment, decision === "queued", print), deployment, print);
  if (print.isJson) print.json({ deployment, decision });
  else print.line(`queued; fraisier logs -f ${deployment} follows it`);
  return EXIT.ok;
}

/** Whether this daemon only reads, as a newer fraisier has migrated the store. */
export function isOutdated({ store_version }: Daemon, { knownVersion }: Pick<Store, "knownVersion">): boolean {
  return store_version < knownVersion;
}

export function outdatedDaemon({ version, pid }: Pick<Daemon, "version" | "pid">): string {
  return `the daemon (fraisier ${version}, process ${pid}) is older than the store and only reads: it takes no pushes and starts no deployments. Restart it: systemctl restart fraisier`;
}

/** Whether a daemon that said it serves the store still lives, here. */
export function isRunning({ host, pid, boot_id, start_time }: Daemon): boolean {
  return isAlive({ host, pid, bootId: boot_id, startTime: start_time }) === true;
}

/** Follows a deployment that a daemon runs; Ctrl-C asks for it to be cancelled where it is ours, a second one no longer waits. */
async function waitFor(store: Store, deployment: string, isOurs: boolean, print: Print): Promise<Outcome | undefined> {
  let asked = Promise.resolve();
  // What was asked for must be on record: to exit in the middle of it would lose it.
  const leave = (): void => void asked.then(() => process.exit(EXIT.interrupted));
  const cancel = (): void => {
    if (!print.isJson) print.line("cancelling; Ctrl-C again no longer waits for it");
    asked = requestCancel(store, deployment);
  };
  using _interrupt = onInterrupt(isOurs ? cancel : leave, leave);
  return await follow(store, deployment, print, { untilEnd: true });
}

function finish(outcome: Outcome | undefined, deployment: string, print: Print): number {
  if (print.isJson) print.json({ deployment, status: outcome });
  else if (outcome !== undefined) print.line(outcomeStyle(print, outcome));
  return outcome === "succeeded" || outcome === "skipped" ? EXIT.ok : EXIT.failed;
}
