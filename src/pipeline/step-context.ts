import { diskTrouble } from "../domain/disk-trouble.ts";
import { StepFailed } from "../domain/errors.ts";
import type { Backups } from "../backups/backups.ts";
import type { Target } from "../config/config.ts";
import type { Migrator } from "../databases/migrator.ts";
import { keepEnd } from "../domain/cut.ts";
import type { Deployment } from "../domain/deployment.ts";
import type { TargetKey } from "../domain/fraise.ts";
import { DEPLOYMENT_VARIABLE, STEP_VARIABLE } from "../domain/deployment-variable.ts";
import { MAX_MESSAGE } from "../domain/event.ts";
import type { Host } from "../host/host.ts";
import type { Processes, ProcessResult } from "../host/processes.ts";
import type { Service } from "../service-managers/service-manager.ts";
import type { Units } from "../service-managers/units.ts";
import type { Capability, Places, StepContext } from "../steps/capabilities.ts";
import type { Step } from "../steps/step.ts";
import type { Store } from "../store/store.ts";
import { Skipped } from "./interruptions.ts";
import { throughOutages } from "./through-outages.ts";
import type { Journal } from "./journal.ts";
import type { OutputLog } from "./output-log.ts";

/** The context with every capability: a step's type says which of them it can use. */
type WholeContext = StepContext<Capability>;

export type ContextFor = (step: Step, signal: AbortSignal, index: number, count: number) => WholeContext;

export interface ContextParts {
  readonly deployment: Deployment;
  readonly owner: string;
  readonly target: Target;
  readonly places: Places;
  readonly host: Host;
  /** Processes of commands that the repository brings, in the sandbox of the target. */
  readonly commands: Processes;
  sandboxGaps: WholeContext["sandboxGaps"];
  userObstacles: WholeContext["userObstacles"];
  databaseObstacle: WholeContext["databaseObstacle"];
  readonly service: Service | undefined;
  readonly units: Units | undefined;
  /** Made anew for each step, with its signal and its lines in the log. */
  migratorFor(step: { readonly signal: AbortSignal; log(line: string): void }): Migrator | undefined;
  readonly variables: ReadonlyMap<string, string>;
  unit(name: string): Service;
  /** The backups of the target's database, made in the same way. */
  backupsFor(step: { readonly signal: AbortSignal; log(line: string): void }): Backups | undefined;
  /** The target whose code another one runs. */
  lenderOf(target: TargetKey): TargetKey | undefined;
  readonly steps: readonly Step[];
  readonly env: Readonly<Record<string, string>>;
  readonly previousRevision: string | undefined;
  readonly previousRelease: string | undefined;
  readonly replaced: WholeContext["replaced"];
  readonly store: Store;
  readonly journal: Journal;
  readonly output: OutputLog;
  redact(text: string): string;
}

/** Builds what a step sees. The deployment's revision changes once, when a tag is peeled: every later step sees the commit. */
export function contextBuilder(parts: ContextParts): ContextFor {
  const { owner, target, places, host, service, store, journal, output } = parts;
  let { deployment } = parts;
  const { id } = deployment;
  const commandEnv = (step: Step): Record<string, string> => ({
    ...commandVariables(parts.env, deployment, places, parts.previousRevision),
    [STEP_VARIABLE]: step.name,
  });
  return (step, signal, index, count) => ({
    get deployment() {
      return deployment;
    },
    target,
    places,
    host: {
      ...host,
      processes: withoutStragglers(host.processes, id, step.name),
      git: throughOutages(host.git, {
        clock: host.clock,
        signal,
        log: (line) => output.add(step.name, "fraisier", line),
      }),
    },
    sandboxGaps: parts.sandboxGaps,
    userObstacles: parts.userObstacles,
    databaseObstacle: parts.databaseObstacle,
    commands: withoutStragglers(parts.commands, id, step.name),
    service,
    units: parts.units,
    get migrator() {
      return parts.migratorFor({ signal, log: (line) => output.add(step.name, "fraisier", line) });
    },
    unit: parts.unit,
    runsNow: async (key) => (await store.targetStatus(key))[0]?.revision ?? undefined,
    lastOfRef: (ref, except) => store.lastOfRef(target, ref, except),
    recordedDeployments: (ids) => store.recordedDeployments(ids),
    groupFiles: (group) => store.groupFiles(target, group),
    recordGroupFile: (group, file, blob) => store.recordGroupFile(id, owner, { group, file, blob }),
    get backups() {
      return parts.backupsFor({ signal, log: (line) => output.add(step.name, "fraisier", line) });
    },
    signal,
    variables: parts.variables,
    env: parts.env,
    previousRevision: parts.previousRevision,
    previousRelease: parts.previousRelease,
    replaced: parts.replaced,
    get facts() {
      return journal.factsOf(step.name);
    },
    factsOf: (name) => journal.factsOf(name),
    get lastBegun() {
      return parts.steps.findLast((each) => journal.isStarted(each))?.name;
    },
    remember: (facts) => journal.remember(step, facts),
    log: (line) => output.add(step.name, "fraisier", line),
    async warn(text) {
      output.add(step.name, "fraisier", text);
      await journal.warn(step, parts.redact(text));
    },
    async command(command, options = {}) {
      const timeoutMs = options.timeoutMs ?? target.settings.timeout;
      const user = options.user ?? target.settings.user;
      const processes = withoutStragglers(parts.commands, id, step.name);
      const result = await processes.run(command, {
        cwd: options.cwd ?? places.release,
        env: { ...commandEnv(step), ...options.variables },
        ...(user === undefined ? {} : { user }),
        timeoutMs,
        signal,
        onLine: (stream, line) => output.add(step.name, stream, line),
      });
      if (result.aborted) signal.throwIfAborted();
      if (result.exitCode === 0) return;
      const reason = `${step.name} ${ending(result, timeoutMs)}`;
      const hint = lastWords(result);
      throw (
        diskTrouble(`${reason}: no space is left on the disk`, result.tail, { ofRepository: true, hint }) ??
        new StepFailed(reason, { hint })
      );
    },
    commandEnv: () => commandEnv(step),
    startOf: (other) => journal.startOf(other),
    async recordChecks(results) {
      await store.recordVerification({
        target,
        revision: deployment.revision,
        deployment: { id, owner },
        results: results.map((each) => ({ ...each, name: parts.redact(each.name), seen: parts.redact(each.seen) })),
      });
    },
    async standing(other) {
      const own = await store.targetStanding(other, deployment.revision);
      const lender = parts.lenderOf(other);
      if (lender === undefined) return own;
      // Borrowed code is what its lender runs at this moment, whatever was deployed.
      return { ...own, revision: (await store.targetStanding(lender, deployment.revision)).revision };
    },
    progress(fraction, metadata = {}) {
      const progress = Math.floor((100 * (index + Math.min(1, Math.max(0, fraction)))) / count);
      // For people only: a deployment does not fail because its progress bar did.
      store
        .enterPhase(id, owner, { phase: step.phase, progress, metadata: { step: step.name, ...metadata } })
        .catch((error: unknown) => {
          output.add(step.name, "fraisier", `progress was not recorded: ${String(error)}`);
        });
    },
    async peel(revision) {
      await store.peelRevision(id, owner, revision);
      deployment = { ...deployment, revision };
    },
    async message(text) {
      const message = parts.redact(text).slice(0, MAX_MESSAGE);
      await store.recordMessage(id, owner, message);
      deployment = { ...deployment, message };
    },
    skip(reason, skip) {
      throw new Skipped(reason, skip);
    },
  });
}

/**
 * Wraps processes: a command that is cancelled or out of time takes those with it that left its process group (`setsid`). They are found by the variables that
 * the step put into their environment.
 */
function withoutStragglers(processes: Processes, deployment: string, step: string): Processes {
  return {
    ...processes,
    async run(command, options) {
      const result = await processes.run(command, options);
      if (result.timedOut || result.aborted) {
        const graceMs = options.graceMs === undefined ? {} : { graceMs: options.graceMs };
        await processes.endMarked([DEPLOYMENT_VARIABLE, deployment], { also: [[STEP_VARIABLE, step]], ...graceMs });
      }
      return result;
    },
  };
}

/** The environment of commands, beside the daemon's own variables. */
export function commandVariables(
  env: Readonly<Record<string, string>>,
  deployment: Deployment,
  places: Places,
  previousRevision: string | undefined,
): Record<string, string> {
  return {
    ...env,
    [DEPLOYMENT_VARIABLE]: deployment.id,
    FRAISIER_FRAISE: deployment.fraise,
    FRAISIER_ENVIRONMENT: deployment.environment,
    FRAISIER_JOB: deployment.job,
    FRAISIER_REVISION: deployment.revision,
    FRAISIER_REF: deployment.ref?.name ?? "",
    FRAISIER_PREVIOUS_REVISION: previousRevision ?? "",
    FRAISIER_APP_PATH: places.app,
    FRAISIER_RELEASE_PATH: places.release,
  };
}

function ending(result: ProcessResult, timeoutMs: number): string {
  if (result.timedOut) return `was ended: it took longer than ${Math.round(timeoutMs / 1000)} s`;
  if (result.exitCode === undefined) return `was ended by ${result.signal ?? "a signal"}`;
  return `ended with exit code ${result.exitCode}`;
}

/** The end of what it printed tells most. */
function lastWords(result: ProcessResult): string {
  const lines = result.tail.trimEnd().split("\n").slice(-3);
  return keepEnd(lines.join("\n"), 500);
}
