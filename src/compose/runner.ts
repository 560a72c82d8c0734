import type { Outcome } from "../domain/deployment.ts";
import { DEPLOYMENT_VARIABLE } from "../domain/deployment-variable.ts";
import { UsageError } from "../domain/errors.ts";
import { targetName } from "../domain/fraise.ts";
import { newId } from "../domain/id.ts";
import { STORE_VARIABLE } from "../domain/store-variable.ts";
import { ownIdentity } from "../host/process-identity.ts";
import { keepLease, LEASE_MS } from "../pipeline/keep-lease.ts";
import { storePatience } from "../pipeline/store-patience.ts";
import type { StorePatience } from "../pipeline/store-patience.ts";
import { runDeployment } from "../pipeline/run-deployment.ts";
import { settleVanished } from "../pipeline/settle-vanished.ts";
import { asOwner } from "../sandbox/as-owner.ts";
import { takeQuestion } from "../host/question-socket.ts";
import type { Store } from "../store/store.ts";
import { openApp } from "./app.ts";
import type { App } from "./app.ts";
import { answerQuestion, questionPath } from "./asked/answer-question.ts";
import { openKept, withKeptSettings } from "./kept-settings.ts";
import { prepareRun } from "./prepare-run.ts";
import { readEnvironment } from "./target-environment.ts";

/** How long one attempt of a call waits for a store that is busy or away. */
const ATTEMPT_MS = 15_000;
/** How long an attempt waits once the patience is over. */
const LAST_ATTEMPT_MS = 500;

/**
 * `fraisier run <deployment>`: one claimed deployment, in this process, to its end. Undefined if the deployment is not this runner's to run
 * (another runner has it, or it has ended), and if this runner was stopped before the end. If a question of the daemon has this id, the process answers it instead.
 */
export async function runClaimed(configFile: string | undefined, id: string): Promise<Outcome | undefined> {
  const attempts = { ms: ATTEMPT_MS };
  const app = await openToRun(configFile, id, () => attempts.ms);
  try {
    const question = await takeQuestion(questionPath(app.config, id));
    if (question === undefined) return await runIn(app, id, attempts);
    await answerQuestion(app, id, question);
    return undefined;
  } finally {
    app.store.poke();
    await app.store.close();
  }
}

async function openToRun(configFile: string | undefined, id: string, attemptMs: () => number): Promise<App> {
  const storeUrl = process.env[STORE_VARIABLE];
  const options = { webhookSecrets: false, finishes: true, as: "asker", storeUrl, patienceMs: attemptMs } as const;
  try {
    return await openApp(configFile, options);
  } catch (error) {
    const app = await openKept(configFile, id, options);
    if (app === undefined) throw error;
    return app;
  }
}

async function runIn(first: App, id: string, attempts: { ms: number }): Promise<Outcome | undefined> {
  const patience = patienceOf(first, attempts);
  const opened = patience === undefined ? first : { ...first, store: waitingStore(first.store, patience) };
  const { store } = opened;
  const owner = newId();
  const kind = process.env["FRAISIER_RUNNER"] ?? "process";
  const runner = { owner, kind, identity: JSON.stringify(ownIdentity()) };
  if (!(await store.queue.adopt(id, runner, LEASE_MS))) return undefined;
  // The next runner finds by it what this one leaves running, git too, if it is killed.
  process.env[DEPLOYMENT_VARIABLE] = id;
  const detail = await store.deployments.detail(id);
  if (detail === undefined) throw new UsageError(`there is no deployment ${id}`);
  const app = await withKeptSettings(opened, detail.deployment, owner);
  const found = app.config.targets.find((each) => targetName(each) === targetName(detail.deployment));
  if (found === undefined) return await settleVanished(store, detail, owner);
  const target = await asOwner(found);
  const environment = await readEnvironment(app, target, { webhookSecrets: false });
  // A beat waits for nothing: the next one follows.
  using lease = keepLease({
    store: first.store,
    id,
    owner,
    timeoutMs: target.settings.timeout,
    awayMs: () => patience?.awayMs() ?? 0,
  });
  lease.stopping.addEventListener("abort", () => patience?.end(lease.stopping.reason as Error));
  return await runDeployment(await prepareRun({ app, detail, owner, target, environment, lease, patience }));
}

/** The patience with a server that keeps the store; undefined for a store in a file. */
function patienceOf({ config, store }: App, attempts: { ms: number }): StorePatience | undefined {
  if (store.persisting === undefined) return undefined;
  const patienceMs = config.store.patience;
  attempts.ms = Math.min(ATTEMPT_MS, patienceMs);
  const patience = storePatience({ patienceMs, tell: (text) => void process.stderr.write(`${text}\n`) });
  patience.over.addEventListener("abort", () => {
    attempts.ms = LAST_ATTEMPT_MS;
  });
  return patience;
}

function waitingStore(store: Store, patience: StorePatience): Store {
  return { ...store, ...store.persisting?.(patience) };
}
