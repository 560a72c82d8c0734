import { join } from "node:path";
import { lendersOf } from "../config/targets/code-from.ts";
import type { Target } from "../config/config.ts";
import { stepsBackOf, stepsOf } from "../deployers/index.ts";
import { STOPPED } from "../domain/deployment.ts";
import type { Host } from "../host/host.ts";
import { removingAs } from "../host/removing-as.ts";
import { endLeftovers } from "../pipeline/end-leftovers.ts";
import { failureHook } from "../pipeline/failure-hook.ts";
import { openLineFile } from "../host/line-file.ts";
import { keepLocally } from "../pipeline/keep-locally.ts";
import type { KeptLocally } from "../pipeline/keep-locally.ts";
import { openLocalJournal } from "../pipeline/local-journal.ts";
import type { LocalJournal } from "../pipeline/local-journal.ts";
import { openJournal } from "../pipeline/journal.ts";
import type { Lease } from "../pipeline/keep-lease.ts";
import { openOutputLog } from "../pipeline/output-log.ts";
import { placesOf } from "../pipeline/places.ts";
import { releaseUmask } from "../pipeline/release-umask.ts";
import type { StorePatience } from "../pipeline/store-patience.ts";
import type { Run } from "../pipeline/run.ts";
import { contextBuilder } from "../pipeline/step-context.ts";
import type { ContextParts } from "../pipeline/step-context.ts";
import { wayBackTo } from "../pipeline/way-back.ts";
import { withheld } from "../pipeline/withheld.ts";
import { workersOf } from "../sandbox/users-of-target.ts";
import type { Places } from "../steps/capabilities.ts";
import type { DeploymentDetail } from "../store/reads/deployment-detail.ts";
import type { Store } from "../store/store.ts";
import { actingParts } from "./acting-parts.ts";
import type { App } from "./app.ts";
import { configurationWork } from "./configuration-work.ts";
import { targetBackups } from "./target-backups.ts";
import type { ReadEnvironment } from "./target-environment.ts";
import { targetMigrator } from "./target-migrator.ts";

/** A deployment that this process has adopted. */
interface Adopted {
  readonly app: App;
  readonly detail: DeploymentDetail;
  readonly owner: string;
  readonly target: Target;
  readonly environment: ReadEnvironment;
  readonly lease: Lease;
  /** Undefined for a store in a file. */
  readonly patience: StorePatience | undefined;
}

type Row = DeploymentDetail["deployment"];

/** Brings together everything that running the deployment, or taking it back, works with. */
export async function prepareRun({ app, detail, owner, target, environment, lease, patience }: Adopted): Promise<Run> {
  const { config, store } = app;
  const { deployment } = detail;
  const { id, attempt, triggeredBy: by } = deployment;
  const { env, variables, redact, fault } = environment;
  const stateDirectory = config.deployment.state_directory;
  const back = await wayBackTo(app, target, deployment.returnsTo, stepsBackOf(target));
  const places = placesOf(target, back?.release ?? id, stateDirectory);
  const host = await hostFor(app.host, target, places);
  const output = openOutputLog(store, id, attempt, redact);
  const local = patience && (await openLocally(store, stateDirectory, { id, owner }));
  const journal = await openJournal(local?.store ?? store, id, owner, redact);
  const steps = withheld(back?.steps ?? stepsOf(target, deployment.options), fault);
  // It was asked for while nobody ran it, and is heard before the first step.
  if (deployment.cancelRequestedBy !== undefined && deployment.status === "running")
    lease.cancel(deployment.cancelRequestedBy);
  if (attempt > 1) await endLeftovers(host, { id, steps, journal, output });
  const { commands, ...looks } = actingParts({ host, target, places, stateDirectory, env });
  const acting = { ...environment, app: { ...app, host }, target, deployment: id, by };
  const run = { owner, steps, store, journal, output, redact };
  const contextFor = contextBuilder({
    run,
    deployment,
    target,
    places,
    looks: { ...looks, host, env, previousRevision: deployment.previousRevision },
    acts: {
      commands,
      variables,
      ...configurationWork(app),
      migratorFor: (work) => targetMigrator(acting, { folder: places.release, commands }, work),
      backupsFor: (work) => targetBackups(acting, work),
    },
    before: await before(store, deployment),
    lenderOf: lendersOf(config.targets),
  });
  const { settings } = target;
  return {
    ...run,
    local,
    id,
    contextFor,
    attempt,
    clock: host.clock,
    signal: lease.signal,
    stopping: lease.stopping,
    onFailure: failureHook({ deployment, target, places, commands, env, output }),
    automaticRollback: settings.rollback.automatic,
    releasePath: places.release,
    rollback: begunRollback(deployment) ?? rollbackIn(local),
    ...stopsOf(detail, local),
    retries: config.deployment.retries,
    phaseTimeouts: settings.phase_timeouts,
    awayMs: () => patience?.awayMs() ?? 0,
  };
}

/** This machine, for a deployment some of whose commands work in the release as other users. Files of this process are made for them, too. */
async function hostFor(host: Host, target: Target, places: Places): Promise<Host> {
  const workers = workersOf(target);
  process.umask(releaseUmask(await host.files.permissions(places.app), process.umask(), workers.length > 0));
  return workers.length === 0 ? host : { ...host, files: removingAs(host, workers, places.releases) };
}

/** The release that ran before this deployment, and the deployments whose place in the queue it took. */
async function before(store: Store, { id, previousDeployment }: Row): Promise<ContextParts["before"]> {
  const previous = previousDeployment === undefined ? undefined : await store.deployments.detail(previousDeployment);
  return { release: previous?.deployment.releasePath, replaced: await store.queue.replacedBy(id) };
}

function begunRollback({ status, reason, isBad, mayPass }: Row): Run["rollback"] {
  return status === "rolling_back" ? { reason, isBadRevision: isBad, passes: mayPass } : undefined;
}

/** The journal on this machine, and the store brought up to date with it. */
async function openLocally(
  store: Store,
  folder: string,
  runner: Parameters<typeof keepLocally>[2],
): Promise<KeptLocally> {
  const file = await openLineFile(join(folder, "journals", `${runner.id}.jsonl`));
  return await keepLocally(store, openLocalJournal(file), runner);
}

/** The deployment began to be taken back while the store was away. */
function rollbackIn(local: LocalJournal | undefined): Run["rollback"] {
  if (local?.rollback === undefined) return undefined;
  const { reason, isBad = false, mayPass = false } = local.rollback;
  return { reason, isBadRevision: isBad, passes: mayPass };
}

function stopsOf({ phases }: DeploymentDetail, local: LocalJournal | undefined): Pick<Run, "stops" | "wasStopped"> {
  const stops = phases.map(({ metadata }) => STOPPED in metadata);
  const left = local?.stops ?? 0;
  return { stops: stops.filter(Boolean).length + left, wasStopped: stops.at(-1) === true || left > 0 };
}
