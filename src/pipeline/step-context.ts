import type { Backups } from "../backups/backups.ts";
import type { Target } from "../config/config.ts";
import type { Migrator } from "../databases/migrator.ts";
import type { Deployment } from "../domain/deployment.ts";
import type { TargetKey } from "../domain/fraise.ts";
import type { Host } from "../host/host.ts";
import type { Processes } from "../host/processes.ts";
import type { Capability, Members, Places, StepContext } from "../steps/capabilities.ts";
import type { Step } from "../steps/step.ts";
import { Skipped } from "./interruptions.ts";
import type { Run } from "./run.ts";
import { stepCommands, withoutStragglers } from "./step-commands.ts";
import { storeCapabilities } from "./store-capabilities.ts";
import type { CurrentDeployment } from "./store-capabilities.ts";
import { throughOutages } from "./through-outages.ts";
import { withFreshTips } from "./with-fresh-tips.ts";

/** The context with every capability: a step's type says which of them it can use. */
type WholeContext = StepContext<Capability>;

export type ContextFor = (step: Step, signal: AbortSignal, index: number, count: number) => WholeContext;

/** The step that a tool works for: its signal, and its lines in the log. */
interface ForStep {
  readonly signal: AbortSignal;
  log(line: string): void;
}

export interface ContextParts {
  readonly run: Pick<Run, "owner" | "steps" | "store" | "journal" | "output" | "redact">;
  readonly deployment: Deployment;
  readonly target: Target;
  readonly places: Places;
  /** The capabilities that only look. A plan has the same. */
  readonly looks: Members<"env" | "obstacles" | "service" | "units"> & {
    readonly host: Host;
    readonly previousRevision: string | undefined;
  };
  /** The tools that only a deployment has. */
  readonly acts: Members<"configuration" | "variables"> & {
    /** Processes of commands that the repository brings, in the sandbox of the target. */
    readonly commands: Processes;
    /** The migrations of the target's database, made anew for each step. */
    migratorFor(step: ForStep): Migrator | undefined;
    /** The backups of the target's database, made anew for each step. */
    backupsFor(step: ForStep): Backups | undefined;
  };
  /** The release that ran before, and the deployments that this one replaced in the queue. */
  readonly before: { readonly release: string | undefined; readonly replaced: WholeContext["replaced"] };
  /** The target whose code another one runs. */
  lenderOf(target: TargetKey): TargetKey | undefined;
}

/** Builds the context of each step. The deployment's revision changes once, when a tag is peeled: every later step sees the commit. */
export function contextBuilder(parts: ContextParts): ContextFor {
  const { target, places, run, looks, acts } = parts;
  const current: CurrentDeployment = { deployment: parts.deployment };
  const recorded = storeCapabilities(parts, current);
  const git = withFreshTips(looks.host.git, looks.host.clock);
  return (step, signal, index, count) => {
    const log = (line: string): void => run.output.add(step.name, "fraisier", line);
    const { journal } = run;
    return {
      ...looks,
      ...recorded,
      ...stepCommands(parts, step, signal, () => current.deployment),
      get deployment() {
        return current.deployment;
      },
      target,
      places,
      signal,
      log,
      host: {
        ...looks.host,
        processes: withoutStragglers(looks.host.processes, current.deployment.id, step.name),
        git: throughOutages(git, { clock: looks.host.clock, signal, log }),
      },
      variables: acts.variables,
      checkConfiguration: acts.checkConfiguration,
      reloadDaemon: acts.reloadDaemon,
      get migrator() {
        return acts.migratorFor({ signal, log });
      },
      get backups() {
        return acts.backupsFor({ signal, log });
      },
      get facts() {
        return journal.factsOf(step.name);
      },
      remember: (facts) => journal.remember(step, facts),
      factsOf: (name) => journal.factsOf(name),
      startOf: (other) => journal.startOf(other),
      get hasChanged() {
        return begunBehind(run, step).some((each) => each.hasChanged?.(journal.factsOf(each.name)) ?? true);
      },
      get hasDisturbed() {
        return begunBehind(run, step).some((each) => each.hasDisturbed?.(journal.factsOf(each.name)) ?? false);
      },
      get lastBegun() {
        return run.steps.findLast((each) => journal.isStarted(each))?.name;
      },
      async warn(text) {
        log(text);
        await journal.warn(step, run.redact(text));
      },
      progress: progressOf(parts, step, { index, count }),
      skip(reason, skip) {
        throw new Skipped(reason, skip);
      },
    };
  };
}

/** The steps behind this one that were begun. */
function begunBehind({ steps, journal }: ContextParts["run"], { name }: Step): readonly Step[] {
  const own = steps.findIndex((each) => each.name === name);
  return steps.slice(own + 1).filter((each) => journal.isStarted(each));
}

function progressOf(
  { run: { store, owner, output }, deployment: { id } }: ContextParts,
  step: Step,
  { index, count }: { readonly index: number; readonly count: number },
): WholeContext["progress"] {
  return (fraction, metadata = {}) => {
    const progress = Math.floor((100 * (index + Math.min(1, Math.max(0, fraction)))) / count);
    // For people only: a deployment does not fail because its progress bar did.
    store.deployments
      .enterPhase(id, owner, { phase: step.phase, progress, metadata: { step: step.name, ...metadata } })
      .catch((error: unknown) => {
        output.add(step.name, "fraisier", `progress was not recorded: ${String(error)}`);
      });
  };
}
