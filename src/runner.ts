import { openApp, stepsOf } from "./app.ts";
import type { App } from "./app.ts";
import { backupsOf } from "./backups/index.ts";
import { lendersOf } from "./config/targets/code-from.ts";
import { commandEnvironment } from "./config/secrets/command-environment.ts";
import { secretValues } from "./config/secrets/secrets.ts";
import type { Target } from "./config/config.ts";
import { STOPPED } from "./domain/deployment.ts";
import type { Outcome } from "./domain/deployment.ts";
import { DEPLOYMENT_VARIABLE, STEP_VARIABLE } from "./domain/deployment-variable.ts";
import { UsageError } from "./domain/errors.ts";
import type { FraisierError } from "./domain/errors.ts";
import { targetName } from "./domain/fraise.ts";
import { newId } from "./domain/id.ts";
import { STORE_VARIABLE } from "./domain/store-variable.ts";
import { redactor } from "./domain/redact.ts";
import { actingUser } from "./host/acting-user.ts";
import { ownIdentity } from "./host/process-identity.ts";
import { removingAs } from "./host/removing-as.ts";
import { keepSettings, keptConfig, openKept } from "./kept-settings.ts";
import { Cancelled, OutOfTime, Stopped } from "./pipeline/interruptions.ts";
import { failureHook } from "./pipeline/failure-hook.ts";
import { openJournal } from "./pipeline/journal.ts";
import { openOutputLog } from "./pipeline/output-log.ts";
import { placesOf } from "./pipeline/places.ts";
import { releaseUmask } from "./pipeline/release-umask.ts";
import { runDeployment } from "./pipeline/run-deployment.ts";
import { contextBuilder } from "./pipeline/step-context.ts";
import type { Step } from "./steps/step.ts";
import { programVersion } from "./program-version.ts";
import { databaseObstacle } from "./databases/hidden-database.ts";
import { migratorOf } from "./databases/index.ts";
import { confine } from "./sandbox/confine.ts";
import { sandboxGaps } from "./sandbox/sandbox-gaps.ts";
import { userObstacles, workersOf } from "./sandbox/users-of-target.ts";
import { serviceOf, systemdUnit } from "./service-managers/index.ts";
import { systemdUnits } from "./service-managers/systemd-units.ts";
import { LeaseLost } from "./store/writes/lease-lost.ts";
import { targetVariables } from "./variables/target-variables.ts";
import { openVault } from "./variables/vault.ts";
import { wayBackTo } from "./way-back.ts";

/** How long a runner may be silent before somebody looks whether it is dead. */
const LEASE_MS = 30_000;
const HEARTBEAT_MS = 5_000;

/**
 * `fraisier run <deployment>`: one claimed deployment, in this process, to its end. Undefined if the deployment is not this runner's to run
 * (another runner has it, or it has ended), and if this runner was stopped before the end.
 */
export async function runClaimed(configFile: string | undefined, id: string): Promise<Outcome | undefined> {
  const app = await openToRun(configFile, id);
  try {
    return await runIn(app, id);
  } finally {
    app.store.poke();
    await app.store.close();
  }
}

async function openToRun(configFile: string | undefined, id: string): Promise<App> {
  const storeUrl = process.env[STORE_VARIABLE];
  const options = { webhookSecrets: false, finishes: true, as: "asker", storeUrl } as const;
  try {
    return await openApp(configFile, options);
  } catch (error) {
    const app = await openKept(configFile, id, options);
    if (app === undefined) throw error;
    return app;
  }
}

async function runIn(opened: App, id: string): Promise<Outcome | undefined> {
  const { store } = opened;
  let { host } = opened;
  const owner = newId();
  const kind = process.env["FRAISIER_RUNNER"] ?? "process";
  const runner = { kind, identity: JSON.stringify(ownIdentity()) };
  if (!(await store.adoptDeployment(id, owner, runner, LEASE_MS))) return undefined;
  // The next runner finds by it what this one leaves running, git too, if it is killed.
  process.env[DEPLOYMENT_VARIABLE] = id;
  const detail = await store.deploymentDetail(id);
  if (detail === undefined) throw new UsageError(`there is no deployment ${id}`);
  const { deployment } = detail;
  // The first runner writes down what every later one goes by.
  if (deployment.settings === undefined) await keepSettings(opened, deployment, owner);
  const kept = deployment.settings === undefined ? undefined : await keptConfig(store, host, opened.config.file, id);
  const config = kept ?? opened.config;
  const app = { ...opened, config };
  const found = config.targets.find((each) => targetName(each) === targetName(deployment));
  const target = found === undefined ? undefined : await forOwner(found);
  if (target === undefined) {
    const outcome =
      deployment.status === "rolling_back" ? "rollback_failed" : detail.steps.length > 0 ? "failed" : "cancelled";
    const hint =
      outcome === "cancelled" ? "" : "It was half done: look at the host, or put the target back and deploy again.";
    await store.settleDeployment(id, owner, {
      outcome,
      reason: `${targetName(deployment)} is no longer in fraises.yaml`,
      hint,
    });
    return outcome;
  }
  const stateDirectory = config.deployment.state_directory;
  const vault = openVault({ store, files: host.files, stateDirectory, env: config.variables.values });
  const variables = await targetVariables(vault, target);
  const redact = redactor([
    ...secretValues(config, Object.fromEntries(variables.values), { webhookSecrets: false }),
    ...variables.secrets,
  ]);
  const output = openOutputLog(store, id, deployment.attempt, redact);
  const journal = await openJournal(store, id, owner, redact);
  const env = { ...commandEnvironment(config, target), ...Object.fromEntries(variables.values) };
  const [interruption, stopping] = [new AbortController(), new AbortController()];
  const back = await wayBackTo(app, target, deployment.returnsTo);
  const places = placesOf(target, back?.release ?? id, stateDirectory);
  const workers = workersOf(target);
  if (workers.length > 0) host = { ...host, files: removingAs(host, workers, places.releases) };
  process.umask(releaseUmask(await host.files.permissions(places.app), process.umask(), workers.length > 0));
  const previous =
    deployment.previousDeployment === undefined
      ? undefined
      : await store.deploymentDetail(deployment.previousDeployment);
  using _heartbeat = keepLease(app, id, owner, target, interruption, stopping);
  const stops = detail.phases.map(({ metadata }) => STOPPED in metadata);
  // Asked for while nobody ran it: heard before the first step.
  if (deployment.cancelRequestedBy !== undefined && deployment.status === "running")
    interruption.abort(new Cancelled(deployment.cancelRequestedBy));
  const commands = confine({ processes: host.processes, target, folders: places, stateDirectory });
  const all = stepsOf(target, deployment.options);
  const steps = withheld(back === undefined ? all : back.steps, variables.error);
  if (deployment.attempt > 1) {
    // A runner that was killed could not end what its last step had started; what others left running is meant to run.
    const leftovers = await host.processes.endMarked([DEPLOYMENT_VARIABLE, id], {
      unless: steps.filter((step) => journal.isOver(step)).map(({ name }) => [STEP_VARIABLE, name]),
    });
    if (leftovers > 0) output.add("fraisier", "fraisier", `ended ${leftovers} processes of the runner before`);
  }
  const run = { owner, steps, store, journal, output, redact };
  return await runDeployment({
    ...run,
    id,
    clock: host.clock,
    contextFor: contextBuilder({
      run,
      deployment,
      target,
      places,
      looks: {
        host,
        env,
        service: serviceOf(target.settings.service, host, env),
        unit: (name) => systemdUnit(name, host, env),
        units: target.settings.job === undefined ? undefined : systemdUnits(target.settings.job, host, env),
        sandboxGaps: () => sandboxGaps(host.processes, target),
        userObstacles: () => userObstacles(target),
        databaseObstacle: () => databaseObstacle(host.processes, target, env, [places.release, places.shared]),
        previousRevision: deployment.previousRevision,
      },
      acts: {
        commands,
        variables: variables.values,
        migratorFor: (step) =>
          migratorOf({
            ...step,
            target,
            folder: places.release,
            host,
            commands,
            env,
            deployment: id,
            by: deployment.triggeredBy,
            store,
            redact,
          }),
        backupsFor: (step) =>
          backupsOf({
            ...step,
            target,
            config,
            host,
            env,
            deployment: id,
            by: deployment.triggeredBy,
            store,
            version: programVersion(),
            redact,
          }),
      },
      before: {
        release: previous?.deployment.releasePath,
        replaced: await store.replacedDeployments(id),
      },
      lenderOf: lendersOf(config.targets),
    }),
    signal: AbortSignal.any([interruption.signal, stopping.signal]),
    stopping: stopping.signal,
    onFailure: failureHook({ deployment, target, places, commands, env, output }),
    automaticRollback: target.settings.rollback.automatic,
    releasePath: places.release,
    rollback:
      deployment.status === "rolling_back"
        ? { reason: deployment.reason, isBadRevision: deployment.isBad, passes: deployment.mayPass }
        : undefined,
    attempt: deployment.attempt,
    stops: stops.filter(Boolean).length,
    wasStopped: stops.at(-1) === true,
    retries: config.deployment.retries,
    phaseTimeouts: target.settings.phase_timeouts,
  });
}

/** If root deploys into a folder of another user, the commands run as that user unless `user:` names one: they run files that this user may change. */
async function forOwner(target: Target): Promise<Target> {
  if (target.settings.user !== undefined) return target;
  const owner = await actingUser(target.settings.app_path);
  return owner === undefined ? target : { ...target, settings: { ...target.settings, user: owner.name } };
}

/** Steps that take back as ever and do nothing forward, where there is a reason not to. */
function withheld(steps: readonly Step[], reason: FraisierError | undefined): readonly Step[] {
  return reason === undefined ? steps : steps.map((step) => ({ ...step, run: () => Promise.reject(reason) }));
}

/** Renews the lease until disposed of; a cancellation, the deadline or a lost lease interrupts the deployment. */
function keepLease(
  { store }: App,
  id: string,
  owner: string,
  target: Target,
  interruption: AbortController,
  stopping: AbortController,
): Disposable {
  const beat = (): void => {
    store.renewLease(id, owner, LEASE_MS).then(
      ({ held, cancelRequestedBy }) => {
        if (!held) interruption.abort(new LeaseLost(id));
        else if (cancelRequestedBy !== undefined) interruption.abort(new Cancelled(cancelRequestedBy));
        return undefined;
      },
      (error: unknown) => {
        // The store may be busy for a moment. The lease lasts for several beats, and a runner that loses it finds out at its next write.
        process.stderr.write(`heartbeat: ${String(error)}\n`);
      },
    );
  };
  const heartbeat = setInterval(beat, HEARTBEAT_MS);
  const deadline = setTimeout(
    () => interruption.abort(new OutOfTime(target.settings.timeout)),
    target.settings.timeout,
  );
  // A cancellation pokes: it is heard at once, not with the next beat.
  const stopListening = store.onPoke(beat);
  const stop = (): void => stopping.abort(new Stopped());
  const terminate = (): void => {
    // A store that does not answer must not keep a machine from going down.
    const patience = setTimeout(stop, 1_000);
    store.renewLease(id, owner, LEASE_MS).then(({ cancelRequestedBy }) => {
      clearTimeout(patience);
      // A deployment that a person has cancelled is taken back to its end: a stop in between would only leave that to another runner.
      if (cancelRequestedBy === undefined) stop();
      else interruption.abort(new Cancelled(cancelRequestedBy));
      return undefined;
    }, stop);
  };
  process.once("SIGTERM", terminate);
  return {
    [Symbol.dispose]() {
      clearInterval(heartbeat);
      clearTimeout(deadline);
      stopListening();
      process.off("SIGTERM", terminate);
    },
  };
}
