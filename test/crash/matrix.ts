import {
  appendFileSync,
  existsSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { createScenario, until } from "../helpers/scenario.ts";
import type { TargetState } from "../../src/domain/target-state.ts";
import type { DeploymentRow, Scenario, ScenarioOptions } from "../helpers/scenario.ts";
import type { CrashOrder } from "./crash-points.ts";
import { samplePoints, sampleSeed, substitutes } from "./sample.ts";

type Kind = "runner" | "daemon" | "both";

export interface MatrixResult {
  readonly name: string;
  /** How many points there are, of which some were tried. */
  readonly recorded: number;
  readonly points: number;
  readonly recovered: number;
  readonly lost: number;
  readonly doubled: number;
  /** Points of the record that did not come again, nor did any other of the same step: timers fire now here, now there. */
  readonly unreached: readonly string[];
  readonly problems: readonly string[];
}

export interface MatrixOptions extends ScenarioOptions {
  /** Names the matrix: in its report, and where the seed decides which points are taken. */
  readonly name: string;
  readonly kinds: readonly Kind[];
  /** Before the daemon starts: what this type of fraise needs. */
  prepare?(scenario: Scenario): Promise<void>;
  /** Files of the repository beside those every scenario has, by path, for a version. */
  files?(version: string): Readonly<Record<string, string>>;
  /** What is live, as `version N`; by default what the web service answers. */
  live?(scenario: Scenario): Promise<string>;
  /** Where releases and `current` are, where it is not the scenario's own folder. */
  folder?(scenario: Scenario): string;
}

/** A point that comes often (a health check asks again and again) is tried this often. */
const PER_LABEL = 2;

/**
 * Deploys once and writes down every point at which a fraisier process could die; then deploys again for a sample of them (for each with
 * FRAISIER_TEST_ALL=1), lets the process die just there, and looks whether everything is as it must be. A new step has its points without a change here.
 */
export async function crashMatrix(options: MatrixOptions): Promise<MatrixResult> {
  const { name, kinds } = options;
  const scenario = await createScenario(options);
  await options.prepare?.(scenario);
  const bench = await workbench(scenario, options);
  const result = {
    name,
    recorded: 0,
    points: 0,
    recovered: 0,
    lost: 0,
    doubled: 0,
    unreached: [] as string[],
    problems: [] as string[],
  };
  for (const kind of kinds) {
    const points = await bench.record(kind === "daemon" ? "daemon" : "runner");
    result.recorded += points.length;
    const tried = new Set<string>();
    const died = async (point: string) => {
      tried.add(point);
      return await bench.die(kind, point);
    };
    for (const wanted of samplePoints(points, `${name} ${kind}`)) {
      if (tried.has(wanted)) continue;
      let point = wanted;
      let outcome = await died(point);
      // Another point of the same step, so that no step goes untested.
      for (const other of substitutes(points, wanted)) {
        if (outcome !== "not reached") break;
        if (tried.has(other)) continue;
        point = other;
        outcome = await died(point);
      }
      if (outcome === "not reached") {
        result.unreached.push(`${kind} ${wanted}`);
        continue;
      }
      result.points += 1;
      if (outcome.deployments === 0) result.lost += 1;
      if (outcome.deployments > 1) result.doubled += 1;
      if (outcome.problem === undefined) result.recovered += 1;
      else result.problems.push(`${kind} killed before ${point}: ${outcome.problem}`);
    }
  }
  report(result);
  return result;
}

/** One line for people: `NAME: N of N crash points, N recovered, 0 lost, 0 doubled`. */
export function report({ name, recorded, points, recovered, lost, doubled, unreached }: MatrixResult): void {
  const rest = unreached.length === 0 ? "" : ` (${unreached.length} recorded points did not come again)`;
  process.stdout.write(
    `${name}: ${points} of ${recorded} crash points, ${recovered} recovered, ${lost} lost, ${doubled} doubled${rest}; FRAISIER_CRASH_SEED=${sampleSeed()}\n`,
  );
  // scripts/test adds them all up.
  const file = process.env["CRASH_REPORT"];
  if (file !== undefined) appendFileSync(file, `${points} ${recovered} ${lost} ${doubled}\n`);
}

/** Every point was recovered from, and most of those that were recorded came again: timers fire now here, now there, but then something was tried. */
export function expectNothingLost({ points, recovered, lost, doubled, unreached, problems }: MatrixResult): void {
  const faults = [
    ...problems,
    ...(recovered < points - problems.length ? [`${recovered} of ${points} points were recovered from`] : []),
    ...(lost + doubled > 0 ? [`${lost} pushes were lost and ${doubled} doubled`] : []),
    ...(unreached.length > points / 5 ? [`only ${points} points came again, and not ${unreached.join(", ")}`] : []),
  ];
  expect(faults, faults.join("; ")).toEqual([]);
  expect(points).toBeGreaterThan(0);
}

interface Workbench {
  record(role: CrashOrder["role"]): Promise<readonly string[]>;
  die(
    kind: Kind,
    point: string,
  ): Promise<"not reached" | { readonly deployments: number; readonly problem: string | undefined }>;
}

async function workbench(scenario: Scenario, options: MatrixOptions): Promise<Workbench> {
  const orderFile = join(scenario.folder, "crash-order");
  const preload = join(import.meta.dirname, "crash-points.ts");
  scenario.with({ CRASH_ORDER: orderFile, NODE_OPTIONS: `--import ${preload}` });
  await scenario.start();
  let version = 0;
  let live = "";

  const deploy = async (): Promise<{ revision: string; version: string }> => {
    version += 1;
    const revision = await scenario.commit(String(version), options.files?.(String(version)));
    await scenario.push();
    return { revision, version: `version ${version}` };
  };
  const succeed = async (): Promise<void> => {
    const { revision, version: name } = await deploy();
    expect(await scenario.settled(revision)).toMatchObject({ status: "succeeded" });
    live = name;
  };
  const give = (order: CrashOrder | undefined): void => {
    for (const suffix of ["", ".points", ".hit"]) rmSync(orderFile + suffix, { force: true });
    // Programs read it at any moment: they find the old order or the new one.
    if (order !== undefined) {
      writeFileSync(`${orderFile}.new`, JSON.stringify({ ...order, nonce: version }));
      renameSync(`${orderFile}.new`, orderFile);
    }
  };
  // Twice: a first deployment is another story than one that replaces something.
  await succeed();
  await succeed();

  return {
    async record(role) {
      give({ role, point: undefined });
      await succeed();
      // What comes after the deployment has ended is of the process, not of the deployment.
      const points = readFileSync(`${orderFile}.points`, "utf8").trim().split("\n");
      give(undefined);
      return points.filter((point) => Number(point.slice(point.lastIndexOf("#") + 1)) <= PER_LABEL);
    },

    async die(kind, point) {
      const pid = scenario.daemonPid();
      give({
        role: kind === "daemon" ? "daemon" : "runner",
        point,
        ...(kind === "both" && pid !== undefined ? { also: pid } : {}),
      });
      const { revision, version: wanted } = await deploy();
      const isHit = (): boolean => existsSync(`${orderFile}.hit`);
      await until(
        `the death before ${point}`,
        async () => isHit() || (await rowsOf(scenario, revision)).some((row) => row.finishedAt !== undefined),
        () => scenario.daemonLog().slice(-2_000),
      );
      const hit = isHit();
      give(undefined);
      if (hit && kind !== "runner") {
        // Returns once it is gone.
        await scenario.stop("SIGKILL");
        await scenario.start();
      }
      let row: DeploymentRow | undefined;
      let problem: string | undefined;
      try {
        row = await scenario.settled(revision);
      } catch (error) {
        problem = String(error).slice(0, 3_000);
      }
      if (row?.status === "succeeded") live = wanted;
      if (!hit) return "not reached";
      const deployments = (await rowsOf(scenario, revision)).length;
      problem ??= await whatIsWrong(scenario, options, row, revision, live);
      return { deployments, problem };
    },
  };
}

/** Every deployment of a revision, newest first. */
export async function rowsOf({ store }: Scenario, revision: string) {
  return (await store.deployments.history({ limit: 20 })).filter((row) => row.revision === revision);
}

/** Everything that must hold once a deployment has ended, whoever died in it. */
export async function whatIsWrong(
  scenario: Scenario,
  options: Omit<MatrixOptions, "kinds">,
  row: DeploymentRow | undefined,
  revision: string,
  live: string,
  alsoEndsAs: readonly DeploymentRow["status"][] = [],
): Promise<string | undefined> {
  if (row === undefined) return "there is no deployment";
  if (!["succeeded", "rolled_back", ...alsoEndsAs].includes(row.status))
    return `it ended as ${row.status}: ${row.reason}`;
  const rows = await rowsOf(scenario, revision);
  if (rows.length !== 1) return `${rows.length} deployments of one push`;
  const deliveries = (await scenario.store.deliveries.history({ limit: 20 })).filter(({ decisions }) =>
    decisions.some((each) => each.revision === revision),
  );
  const isAccounted = deliveries.some(({ decisions }) => decisions.some((each) => each.deployment === row.id));
  if (!isAccounted) return "no delivery says what it led to";
  const [state] = await scenario.store.targets.status();
  const shouldRun = row.status === "succeeded" ? row.revision : row.previousRevision;
  if (state === undefined || state.revision !== shouldRun)
    return `recorded is ${state?.revision}, and ${shouldRun} should run`;
  if (state.running?.id !== undefined || state.waiting?.id !== undefined) return "something is still on its way";
  const answer = await (options.live?.(scenario) ?? scenario.answer());
  if (answer !== live) return `it ended as ${row.status}, and what is live is "${answer}", not "${live}"`;
  const app = options.folder?.(scenario) ?? scenario.app;
  const links = readdirSync(app).filter((name) => name.startsWith(".current."));
  // What is taken back leaves them to the next deployment.
  if (row.status === "succeeded" && links.length > 0) return `left behind: ${links.join(", ")}`;
  return await codeProblem(scenario, app, state);
}

async function codeProblem(
  { git, options }: Scenario,
  app: string,
  state: Pick<TargetState, "revision" | "releasePath">,
): Promise<string | undefined> {
  if (options.layout === "in_place") {
    const head = (await git("-C", app, "rev-parse", "HEAD")).trim();
    return head === state.revision ? undefined : `the checkout is at ${head}`;
  }
  const current = readlinkSync(join(app, "current"));
  if (!(state.releasePath ?? "").endsWith(current)) return `current points to ${current}, not ${state.releasePath}`;
  const left = readdirSync(join(app, "releases")).filter((name) => name.includes("unfinished") || name.startsWith("."));
  return left.length === 0 ? undefined : `left behind: ${left.join(", ")}`;
}
