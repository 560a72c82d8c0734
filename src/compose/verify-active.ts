import { mustLiveHere } from "../actions/targets/must-live-here.ts";
import { basename } from "node:path";
import { actingParts } from "./acting-parts.ts";
import type { App } from "./app.ts";
import { environmentOf } from "./target-environment.ts";
import { lenderOf } from "../config/targets/code-from.ts";
import type { VerificationDocument } from "../answers/schemas/verification-document.ts";
import type { Target } from "../config/config.ts";
import { UsageError } from "../domain/errors.ts";
import { targetName } from "../domain/fraise.ts";
import { worstOf } from "../domain/verification.ts";
import type { CheckResult } from "../domain/verification.ts";
import { placesOf } from "../pipeline/places.ts";
import { commandVariables } from "../pipeline/step-commands.ts";
import { restartService } from "../steps/service/restart-service.ts";
import type { DeploymentDetail } from "../store/reads/deployment-detail.ts";
import type { Store } from "../store/store.ts";
import { runSuite } from "../verifying/run-suite.ts";

interface VerifiedNow {
  readonly revision: string;
  readonly results: readonly CheckResult[];
  /**
   * False if something was being deployed meanwhile, or the target reads the code of another one at another revision: then it is not known which revision was
   * seen, and a promotion must not rely on it.
   */
  readonly isRecorded: boolean;
}

/**
 * `fraisier verify`: runs the checks of a target against what runs there now, by hand, and puts on record what they saw.
 * @throws UsageError if there are no checks, or nothing runs.
 */
export async function verificationDocument(
  app: App,
  target: Target,
  signal: AbortSignal,
): Promise<VerificationDocument> {
  const { revision, results, isRecorded } = await verifyActive(app, target, signal);
  return {
    version: 1,
    target: targetName(target),
    revision,
    status: worstOf(results.map(({ status }) => status)),
    recorded: isRecorded,
    checks: results.map(({ type, name, status, seen, durationMs, at }) => ({
      type,
      name,
      status,
      seen,
      duration_ms: durationMs,
      at: at.toISOString(),
    })),
  };
}

async function verifyActive(app: App, target: Target, signal: AbortSignal): Promise<VerifiedNow> {
  const { config, store, host } = app;
  const suite = target.settings.verify;
  if (suite === undefined) {
    throw new UsageError(`${targetName(target)} has no checks`, {
      hint: "Write some under `verify:` in fraises.yaml.",
    });
  }
  const { status: before, detail: active } = await activeNow(store, target);
  const { deployment } = active;
  const { env, redact } = await environmentOf(app, target);
  // After a rollback by hand what runs is another deployment's release.
  const release = basename(deployment.releasePath ?? deployment.id);
  const stateDirectory = config.deployment.state_directory;
  const places = placesOf(target, release, stateDirectory);
  const { commands, service } = actingParts({ host, target, places, stateDirectory, env });
  const restart = active.steps.find(({ step }) => step === restartService.name);
  const seen = await runSuite(suite, {
    host,
    commands,
    service,
    restartedAt: restart === undefined ? undefined : new Date(restart.startedAt),
    folder: places.release,
    env: commandVariables(env, deployment, places, deployment.previousRevision),
    user: target.settings.user,
    signal,
    log: () => undefined,
  });
  const results = seen.map((each) => ({ ...each, name: redact(each.name), seen: redact(each.seen) }));
  const { revision } = deployment;
  const after = await store.targets.here(target);
  const isCertain = hasStayed(before, after) && (await isInStep(app, target, revision));
  if (isCertain) await store.verifications.record({ target, revision, deployment: undefined, results });
  return { revision, results, isRecorded: isCertain };
}

type Status = Awaited<ReturnType<Store["targets"]["status"]>>[number];

/** @throws UsageError if nothing was deployed yet. */
async function activeNow(
  store: Store,
  target: Target,
): Promise<{ readonly status: Status; readonly detail: DeploymentDetail }> {
  const status = await store.targets.here(target);
  const id = status?.deployment;
  const detail = id === undefined ? undefined : await store.deployments.detail(id);
  if (status !== undefined && detail !== undefined) return { status, detail };
  await mustLiveHere(store, target);
  throw new UsageError(`fraisier has not deployed anything to ${targetName(target)} yet`, {
    hint: `fraisier deploy ${target.fraise} ${target.environment} comes first.`,
  });
}

/** Whether nothing was being deployed from the first look until the second one. */
function hasStayed(before: Status, after: Status | undefined): boolean {
  if (before.running !== undefined || after === undefined) return false;
  return after.running === undefined && after.last?.finishedAt === before.last?.finishedAt;
}

/** Whether what the target reads is the revision that it was deployed with: borrowed code may have gone on, or back. */
async function isInStep({ store }: App, target: Target, revision: string): Promise<boolean> {
  const lender = lenderOf(target);
  if (lender === undefined) return true;
  const row = await store.targets.here(lender);
  return row?.revision === revision && row.running === undefined;
}
