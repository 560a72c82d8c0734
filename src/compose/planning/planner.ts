import { mustLiveHere } from "../../actions/targets/must-live-here.ts";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { actingParts } from "../acting-parts.ts";
import type { App } from "../app.ts";
import { environmentOf } from "../target-environment.ts";
import type { Target } from "../../config/config.ts";
import type { DeploymentOptions } from "../../domain/deployment-options.ts";
import type { Ref } from "../../domain/event.ts";
import { fullRef } from "../../domain/event.ts";
import type { Phase } from "../../domain/phase.ts";
import { placesOf } from "../../pipeline/places.ts";
import type { Capability, PreviewContext } from "../../steps/capabilities.ts";
import type { Step } from "../../steps/step.ts";

/** The actions of a deployment, step by step. */
export interface Plan {
  /** The commit; an annotated tag stands for the commit that it names. */
  readonly revision: string;
  readonly runsNow: string | undefined;
  readonly steps: readonly PlannedStep[];
}

interface PlannedStep {
  readonly step: string;
  readonly phase: Phase;
  readonly does: string;
  readonly undone_on_failure: boolean;
  /** The things that it would find and do with this very revision, a line each. */
  readonly finds: readonly string[];
}

interface PlanOptions {
  readonly wanted: Wanted;
  readonly source: Source;
  readonly options: DeploymentOptions;
  readonly steps: readonly Step[];
  /** The name of the release folder; a stand-in if it is yet to be made. */
  readonly release?: string;
}

/** Looks, and changes nothing. */
export async function planDeployment(
  app: App,
  target: Target,
  { wanted, source, options, steps: planned, release = "<deployment>" }: PlanOptions,
): Promise<Plan> {
  const { config, store, host } = app;
  await mustLiveHere(store, target);
  const row = await store.targets.here(target);
  const { env, redact } = await environmentOf(app, target);
  const { state_directory: stateDirectory } = config.deployment;
  const places = placesOf(target, release, stateDirectory);
  const { commands: _acts, ...looks } = actingParts({ host, target, places, stateDirectory, env });
  const context: PreviewContext<Capability> = {
    deployment: { ...wanted, revision: source.revision, options },
    target,
    places: { ...places, mirror: source.mirror },
    host,
    env,
    ...looks,
    previousRevision: row?.revision,
    runsNow: async (key) => (await store.targets.here(key))?.revision,
    groupFiles: (group) => store.targets.groupFiles(target, group),
  };
  const steps: PlannedStep[] = [];
  for (const step of planned) {
    steps.push({
      step: step.name,
      phase: step.phase,
      does: redact(step.describe({ target, places })),
      undone_on_failure: step.undo !== undefined,
      finds: ((await step.preview?.(context)) ?? []).map(redact),
    });
  }
  return { revision: source.revision, runsNow: row?.revision ?? undefined, steps };
}

interface Wanted {
  readonly revision: string;
  readonly ref: Ref | undefined;
}

/** A repository that holds the revision, until disposed of. */
export interface Source extends AsyncDisposable {
  readonly mirror: string;
  /** The commit; an annotated tag stands for the commit that it names. */
  readonly revision: string;
}

/** The target's own mirror if it holds the revision already; else one that is fetched for this and removed again. */
export async function openSource(
  { config, host }: App,
  target: Target,
  { revision, ref }: Wanted,
  signal: AbortSignal,
): Promise<Source> {
  const { mirror } = placesOf(target, "", config.deployment.state_directory);
  if ((await host.git.listFiles(mirror, revision)) !== undefined) {
    return { mirror, revision, [Symbol.asyncDispose]: async () => {} };
  }
  const folder = await mkdtemp(join(tmpdir(), "fraisier-plan-"));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const temporary = join(folder, "mirror.git");
    const commit = await host.git.fetchRevision({
      mirror: temporary,
      borrowFrom: mirror,
      cloneUrl: target.clone_url.reveal(),
      ref: ref === undefined ? undefined : fullRef(ref),
      revision,
      timeoutMs: target.settings.timeout,
      signal,
    });
    return { mirror: temporary, revision: commit, [Symbol.asyncDispose]: remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
