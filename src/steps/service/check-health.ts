import type { HealthCheckSettings } from "../../config/settings.ts";
import { keepStart } from "../../domain/cut.ts";
import { StepFailed } from "../../domain/errors.ts";
import { restartService } from "./restart-service.ts";
import type { StepContext } from "../capabilities.ts";
import type { Step } from "../step.ts";
import { refuseOtherCode } from "./runs-elsewhere.ts";
import { takenPort } from "./taken-port.ts";
import { messageOf } from "../../domain/message-of.ts";

/** Without a `health_check:` a service must still come up and stay up. */
const SERVICE_ONLY: HealthCheckSettings = {
  url: undefined,
  expect_status: 200,
  expect_body: undefined,
  timeout: 30_000,
  interval: 500,
  stable_for: 5_000,
};

/** More restarts than this by the service manager are a crash loop: waiting longer does not help. */
const MAX_RESTARTS = 2;
const LINES_IN_LOG = 20;
const LINES_IN_REASON = 5;

type Needs = "clock" | "env" | "journal" | "processes" | "requests" | "service";

/** The service answers as it should and stays so for `stable_for` without a break, its unit neither failing nor restarting. */
export const checkHealth: Step<Needs> = {
  name: "check-health",
  phase: "health_check",
  describe: ({ target }) => {
    const { url, stable_for, timeout } = target.settings.health_check ?? SERVICE_ONLY;
    const what = url ?? target.settings.service?.unit ?? "the service";
    return `Wait until ${what} is healthy for ${stable_for / 1000} s (at most ${timeout / 1000} s)`;
  },
  async run(context) {
    await becomeHealthy(context);
    // A script that starts the service may have gone to its folder only after the restart.
    await refuseOtherCode(context);
  },
};

/** Checks the health of whatever code runs, also of code that a rollback has brought back. */
export async function becomeHealthy(context: StepContext<Needs>): Promise<void> {
  const { host, target, service, signal, log } = context;
  const settings = target.settings.health_check ?? (service === undefined ? undefined : SERVICE_ONLY);
  if (settings === undefined) return;
  const start = host.clock.monotonicMs();
  const lookAtService = serviceWatch(context);
  let healthySince: number | undefined;
  let last = "";
  // Often at first, as many services are up in no time; then at the pace that was asked for.
  for (let pause = 25; ; pause = Math.min(pause * 1.5, settings.interval)) {
    const problem = (await lookAtService()) ?? (await probe(settings, context));
    const now = host.clock.monotonicMs();
    if (problem === undefined) {
      healthySince ??= now;
      if (now - healthySince >= settings.stable_for) {
        log(`healthy ${Math.round(healthySince - start)} ms after the restart, and for ${settings.stable_for} ms`);
        return;
      }
    } else {
      healthySince = undefined;
      if (problem.text !== last) log(`not healthy: ${problem.text}`);
      last = problem.text;
      if (problem.isFinal || now - start >= settings.timeout) await giveUp(context, problem.text, now - start);
    }
    await host.clock.sleep(Math.min(pause, settings.interval), signal);
  }
}

interface Problem {
  readonly text: string;
  readonly isFinal: boolean;
}

/** Looks at the unit again and again, and notices when it was restarted behind our back. */
function serviceWatch({ service }: StepContext<"service">): () => Promise<Problem | undefined> {
  let firstRestarts: number | undefined;
  let mainPid: number | undefined;
  return async () => {
    if (service === undefined) return undefined;
    const state = await service.state();
    if (state.failed) return { text: `${service.name} is ${state.description}`, isFinal: true };
    firstRestarts ??= state.restarts;
    const restarts = (state.restarts ?? 0) - (firstRestarts ?? 0);
    if (restarts > MAX_RESTARTS)
      return { text: `${service.name} keeps crashing: restarted ${restarts} times`, isFinal: true };
    if (!state.up) return { text: `${service.name} is ${state.description}`, isFinal: false };
    const isAnother = mainPid !== undefined && state.mainPid !== mainPid;
    mainPid = state.mainPid;
    return isAnother ? { text: `${service.name} was restarted meanwhile`, isFinal: false } : undefined;
  };
}

async function probe(
  settings: HealthCheckSettings,
  { host, signal }: StepContext<"requests">,
): Promise<Problem | undefined> {
  if (settings.url === undefined) return undefined;
  try {
    const answer = await host.requests.send(settings.url, { timeoutMs: Math.min(settings.timeout, 5_000), signal });
    if (answer.status !== settings.expect_status) {
      return { text: `${settings.url} answers ${answer.status}, not ${settings.expect_status}`, isFinal: false };
    }
    if (settings.expect_body !== undefined && !answer.body.includes(settings.expect_body)) {
      return { text: `the answer of ${settings.url} lacks "${settings.expect_body}"`, isFinal: false };
    }
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    // No answer is what is being asked about, not a fault of ours.
    return { text: `${settings.url}: ${messageOf(error)}`, isFinal: false };
  }
}

async function giveUp(context: StepContext<Needs>, problem: string, afterMs: number): Promise<never> {
  const { service, startOf, log } = context;
  const lines = (await service?.recentOutput(LINES_IN_LOG, startOf(restartService))) ?? [];
  for (const line of lines) log(`${service?.name ?? "service"}: ${line}`);
  const last = lines.slice(-LINES_IN_REASON).map((line) => keepStart(line, 200));
  const reason = [
    `not healthy after ${(afterMs / 1000).toFixed(1)} s: ${problem}`,
    ...(last.length === 0 ? [] : [`its last lines: ${last.join(" | ")}`]),
  ].join("; ");
  throw (
    (await takenPort(context, lines, reason)) ??
    new StepFailed(reason, { hint: "The last lines of the service are in the log of this deployment." })
  );
}
