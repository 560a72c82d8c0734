import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PHASES } from "../../src/domain/phase.ts";
import type { Phase } from "../../src/domain/phase.ts";
import type { Held } from "./hold-points.mts";
import { createScenario, until } from "./scenario.ts";
import type { DeploymentRow, Scenario } from "./scenario.ts";

/** Where a runner can be held: in a phase, or while it takes its deployment back. */
export type HoldPoint = Phase | "taking back";

/** Every point that a runner comes to. */
export const HOLD_POINTS: readonly HoldPoint[] = [...PHASES.map(({ name }) => name), "taking back"];

/** Whether a deployment must fail to come to this point. */
export function needsFailure(point: HoldPoint): boolean {
  return point === "failed" || point === "taking back";
}

/** How a deployment ends whose runner was ended at this point, by the crash table. */
export function crashEnd(point: HoldPoint): "succeeded" | "rolled_back" {
  const policy = PHASES.find(({ name }) => name === point)?.onCrash;
  return needsFailure(point) || policy === "roll back" ? "rolled_back" : "succeeded";
}

/** The process of a runner. */
export interface Runner {
  readonly pid: number;
  /** Ends it at once, as a power failure does. */
  kill(): void;
  /** What `systemctl stop` of its unit does, and an orderly reboot: SIGTERM, and SIGCONT in case it is held. */
  terminate(): void;
  /** Lets it go on, if it is held. */
  goOn(): void;
}

export interface Holder {
  /** The next runner that comes to this point stops there. */
  hold(point: HoldPoint): void;
  /** Waits until a runner stands there. */
  held(): Promise<Runner>;
}

/** Makes it possible to hold the runners of a scenario. Call this before the scenario is started. */
export function holdRunners(scenario: Scenario): Holder {
  const order = join(scenario.folder, "hold-order");
  scenario.with({
    HOLD_ORDER: order,
    NODE_OPTIONS: `--import ${join(import.meta.dirname, "hold-points.mts")}`,
  });
  return {
    hold(at) {
      rmSync(`${order}.held`, { force: true });
      writeFileSync(order, JSON.stringify({ at }));
    },
    async held() {
      await until(
        "a runner that is held",
        async () => existsSync(`${order}.held`),
        () => scenario.daemonLog().slice(-2_000),
      );
      const { pid } = JSON.parse(readFileSync(`${order}.held`, "utf8")) as Held;
      await until("it stands still", async () => /\) T /.test(readFileSync(`/proc/${pid}/stat`, "utf8")));
      return runner(pid);
    },
  };
}

/** A scenario in which version 1 runs (`before`), and a runner of version 2 that is held at this point. */
export async function secondRunnerAt(point: HoldPoint): Promise<{
  readonly scenario: Scenario;
  readonly before: DeploymentRow;
  readonly revision: string;
  readonly runner: Runner;
}> {
  const scenario = await createScenario();
  const holder = holdRunners(scenario);
  await scenario.start();
  const first = await scenario.commit("1");
  await scenario.push();
  const before = await scenario.settled(first, "succeeded");
  holder.hold(point);
  const revision = await scenario.commit("2");
  await scenario.push();
  return { scenario, before, revision, runner: await holder.held() };
}

/** Waits until the runner of a deployment is in this step, whose command keeps it there. */
export async function runnerIn(scenario: Scenario, id: string, step: string): Promise<Runner> {
  let row: DeploymentRow | undefined;
  // The phase is told before the step is journalled: what counts is the step.
  await until(`step ${step}`, async () => {
    const detail = await scenario.store.deployments.detail(id);
    row = detail?.deployment;
    const isIn = detail?.steps.some((each) => each.step === step && each.status === "started") === true;
    return isIn && row?.runnerIdentity !== undefined;
  });
  return runner((JSON.parse(row?.runnerIdentity ?? "{}") as { pid: number }).pid);
}

function runner(pid: number): Runner {
  return {
    pid,
    kill: () => void process.kill(pid, "SIGKILL"),
    terminate() {
      process.kill(pid, "SIGTERM");
      process.kill(pid, "SIGCONT");
    },
    goOn: () => void process.kill(pid, "SIGCONT"),
  };
}
