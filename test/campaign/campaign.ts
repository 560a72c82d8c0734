import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isAlive } from "../../src/host/process-identity.ts";
import type { ProcessIdentity } from "../../src/host/process-identity.ts";
import { sampleSeed } from "../crash/sample.ts";
import { createScenario } from "../helpers/scenario.ts";
import type { Scenario } from "../helpers/scenario.ts";
import { examine } from "./examine.ts";
import type { Push } from "./examine.ts";
import { openRepository } from "./repository.ts";
import type { CampaignRepository } from "./repository.ts";
import { seededRandom } from "./seeded-random.ts";
import type { SeededRandom } from "./seeded-random.ts";
import { campaignTargets } from "./targets.ts";
import type { CampaignTarget } from "./targets.ts";
import { findVictims } from "./victims.ts";
import type { Part, Victim } from "./victims.ts";

export interface CampaignOptions {
  /** Names the campaign in its report, and where the seed makes its choices. */
  readonly name: string;
  readonly kills: number;
  /** Whether services are units and runners have units of their own. */
  readonly systemd: boolean;
}

/** Sentences on what went wrong, by kind. */
interface CampaignResult {
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  readonly lies: readonly string[];
  readonly stuck: readonly string[];
}

type Aim = Part | "several" | "everything";

/** What a kill aims at. If there is no such process for a while, another one is taken. */
const AIMS: readonly Aim[] = [
  ...(["runner", "runner", "runner", "daemon", "daemon", "git", "git", "service manager", "database"] as const),
  ...(["several", "several", "everything"] as const),
];
/** So many deployments that are under way keep a campaign busy. */
const BUSY = 3;
/** For so long a kill waits for the process that it aims at. */
const AIM_MS = 2_000;
const QUIET_MS = 180_000;

/** How many kills a run of a campaign has: FRAISIER_CAMPAIGN_KILLS, else `all` with FRAISIER_TEST_ALL=1, else `sample`. */
export function killsOf({ sample, all }: { readonly sample: number; readonly all: number }): number {
  const given = Number(process.env["FRAISIER_CAMPAIGN_KILLS"] ?? "");
  return given > 0 ? given : process.env["FRAISIER_TEST_ALL"] === "1" ? all : sample;
}

/**
 * Pushes to every target and kills processes of fraisier at random, both at once; then asks of every push what became of it, of `status` whether it
 * says what the host shows, and of every target whether one more push goes live.
 * @returns what went wrong, a sentence each, beginning with its kind; none if all is well.
 */
export async function campaign({ name, kills, systemd }: CampaignOptions): Promise<readonly string[]> {
  const scenario = await createScenario(systemd ? { unit: { name: "unused.service", scope: "system" } } : {});
  const targets = await campaignTargets(scenario, { systemd, isWhole: process.env["FRAISIER_TEST_ALL"] === "1" });
  const story = join(scenario.folder, "campaign.log");
  const tell = (line: string): void => appendFileSync(story, `${Math.round(performance.now())} ms ${line}\n`);
  writeConfig(scenario, targets);
  const repository = await openRepository(scenario, targets, tell);
  await scenario.start();
  for (const target of targets) await repository.push(target);
  await quiet(scenario, repository.pushes);

  const random = seededRandom(`${sampleSeed()} ${name}`);
  await killAll({ scenario, targets, repository, random, kills, tell });
  await quiet(scenario, repository.pushes);
  const amid = await examine(scenario, targets, repository.pushes);
  const stuck = await stuckTargets(scenario, targets, repository);
  const after = await examine(scenario, targets, repository.pushes);
  const together = (which: keyof typeof amid): readonly string[] => [...new Set([...amid[which], ...after[which]])];
  const result: CampaignResult = {
    lost: together("lost"),
    doubled: together("doubled"),
    lies: together("lies"),
    stuck,
  };
  report(name, kills, result, repository.pushes.length);
  const found = Object.entries(result).flatMap(([kind, sentences]) =>
    sentences.map((each: string) => `${kind}: ${each}`),
  );
  // A sandbox is gone when somebody wants to look at its folder.
  if (found.length > 0) console.log(`the end of ${story}:\n${readFileSync(story, "utf8").slice(-20_000)}`);
  return found;
}

/** One line for people, and its figures for scripts/test, which adds up all campaigns. */
function report(name: string, kills: number, { lost, doubled, lies, stuck }: CampaignResult, pushes: number): void {
  const figures = [kills, pushes, lost.length, doubled.length, lies.length, stuck.length];
  const words = ["kills", "pushes", "lost", "doubled", "lies", "stuck"];
  process.stdout.write(
    `campaign, ${name}: ${figures.map((figure, index) => `${figure} ${words[index]}`).join(", ")}; FRAISIER_CRASH_SEED=${sampleSeed()}\n`,
  );
  const file = process.env["CAMPAIGN_REPORT"];
  if (file !== undefined) appendFileSync(file, `${figures.join(" ")}\n`);
}

function writeConfig(scenario: Scenario, targets: readonly CampaignTarget[]): void {
  const file = join(scenario.folder, "fraises.yaml");
  const head = readFileSync(file, "utf8").split("\nfraises:")[0] ?? "";
  const fraises = targets.map(({ yaml }) => yaml.replaceAll(/^(?=.)/gm, "  ")).join("");
  writeFileSync(file, `${head.replace("retries: 0", "concurrency: 3")}\nfraises:\n${fraises}`);
}

interface Field {
  readonly scenario: Scenario;
  readonly targets: readonly CampaignTarget[];
  readonly repository: CampaignRepository;
  readonly random: SeededRandom;
  readonly kills: number;
  tell(line: string): void;
}

async function killAll({ scenario, targets, repository, random, kills, tell }: Field): Promise<void> {
  const pushing = new Set<CampaignTarget>();
  const underWay = new Set<Promise<void>>();
  const push = (target: CampaignTarget): void => {
    if (pushing.has(target)) return;
    pushing.add(target);
    const pushed = repository.push(target).finally(() => {
      pushing.delete(target);
      underWay.delete(pushed);
    });
    underWay.add(pushed);
  };
  let restart: Promise<void> | undefined;
  const startLater = (delayMs: number): void => {
    restart ??= sleep(delayMs)
      .then(async () => {
        await scenario.stop("SIGKILL");
        await scenario.start();
        tell("the daemon is back");
        return undefined;
      })
      // It was killed again while it started: the next round starts it.
      .catch((error: unknown) => tell(`the daemon does not come back: ${String(error).slice(0, 200)}`))
      .finally(() => {
        restart = undefined;
      });
  };
  for (let killed = 0; killed < kills;) {
    const next = random.some(targets).slice(0, 3);
    // Enough for kills to hit something, and not so much that deployments only wait for each other.
    if (underWay.size === 0 && (await depthOf(scenario)) < BUSY) for (const target of next) push(target);
    const aim = random.pick(AIMS);
    const [delayMs, insideMs, downMs, choice] = [900, 40, 800, 2 ** 30].map((end) => random.below(end));
    await sleep(delayMs);
    const victims = await aimAt(scenario, aim, insideMs ?? 0, seededRandom(String(choice)));
    const dead = victims.filter(({ pid }) => end(pid));
    if (dead.length > 0) {
      killed += 1;
      const names = dead.map(({ pid, part, command }) => `${part} ${pid} ${command.slice(0, 90)}`);
      tell(`kill ${killed} (${aim}): ${names.join(" | ")}`);
    }
    // Deployments go on for a while without a daemon.
    if (!scenario.isServing() || dead.some(({ part }) => part === "daemon")) startLater(downMs ?? 0);
  }
  await Promise.all(underWay);
  await restart;
  if (!scenario.isServing()) await scenario.start();
}

/** The processes that a kill hits, once there are any. */
async function aimAt(scenario: Scenario, aim: Aim, insideMs: number, random: SeededRandom): Promise<readonly Victim[]> {
  const deadline = performance.now() + AIM_MS;
  let seen: readonly Victim[] = [];
  while (performance.now() < deadline) {
    seen = await victimsOf(scenario);
    const chosen = chosenFrom(seen, aim, random);
    if (chosen !== undefined) {
      // Inside of what it does, not always at its start.
      await sleep(insideMs);
      return chosen;
    }
    await sleep(5);
  }
  // A daemon alone has nothing to lose, and would be killed again and again while it starts.
  return isBusy(seen) ? [random.pick(seen)] : [];
}

function chosenFrom(seen: readonly Victim[], aim: Aim, random: SeededRandom): readonly Victim[] | undefined {
  if (aim === "everything") return isBusy(seen) ? seen : undefined;
  if (aim === "several") return seen.length > 2 ? random.some(seen) : undefined;
  const wanted = seen.filter(({ part }) => part === aim);
  return wanted.length > 0 && isBusy(seen) ? [random.pick(wanted)] : undefined;
}

/** Whether anything is being deployed. */
function isBusy(seen: readonly Victim[]): boolean {
  return seen.some(({ part }) => part !== "daemon");
}

async function depthOf({ store }: Scenario): Promise<number> {
  const { queued, running } = await store.queue.state();
  return running.length + queued.filter(({ notBefore }) => notBefore === undefined).length;
}

async function victimsOf(scenario: Scenario): Promise<readonly Victim[]> {
  const { running } = await scenario.store.queue.state();
  const identities = running.flatMap(({ runnerIdentity: identity, runnerKind: kind }) =>
    identity === undefined || kind === "launching" ? [] : [JSON.parse(identity) as ProcessIdentity],
  );
  // The number of a runner that died may be another process's by now.
  const runners = identities.filter((identity) => isAlive(identity) === true).map(({ pid }) => pid);
  return findVictims({
    daemon: scenario.daemonPid(),
    runners,
    deployments: new Set(running.map(({ id }) => id)),
  });
}

function end(pid: number): boolean {
  try {
    process.kill(pid, "SIGKILL");
    return true;
  } catch {
    // It ended meanwhile.
    return false;
  }
}

/** Waits until nothing is under way but what waits for its time, and the newest push of each target has left a trace. */
async function quiet(scenario: Scenario, pushes: readonly Push[]): Promise<void> {
  const deadline = performance.now() + QUIET_MS;
  while (performance.now() < deadline) {
    const { queued, running } = await scenario.store.queue.state();
    const isWaiting = queued.every(
      ({ notBefore }) => notBefore !== undefined && Date.parse(notBefore) > Date.now() + 500,
    );
    if (running.length === 0 && isWaiting && (await hasTraces(scenario, pushes))) return;
    await sleep(100);
  }
  // What is not quiet is counted as lost.
}

async function hasTraces({ store }: Scenario, pushes: readonly Push[]): Promise<boolean> {
  const newest = [...Map.groupBy(pushes, ({ target }) => target).values()].flatMap((each) => each.at(-1) ?? []);
  for (const { target, revision } of newest) {
    const rows = await store.deployments.history({
      fraise: target.name,
      environment: "production",
      job: target.job,
      limit: 20,
    });
    if (!rows.some((row) => row.revision === revision)) return false;
  }
  return true;
}

/** Pushes once more to every target: what does not go live is stuck. */
async function stuckTargets(
  scenario: Scenario,
  targets: readonly CampaignTarget[],
  repository: CampaignRepository,
): Promise<readonly string[]> {
  for (const target of targets) await repository.push(target);
  await quiet(scenario, repository.pushes);
  const rows = await scenario.store.deployments.history({ limit: 10 * targets.length });
  return targets.flatMap((target) => {
    const last = repository.pushes.findLast((push) => push.target === target);
    const ends = rows.filter(({ fraise, revision }) => fraise === target.name && revision === last?.revision);
    if (ends.some(({ status }) => status === "succeeded")) return [];
    return [
      `${target.name}: ${ends.map(({ id, status, reason }) => `${id} ${status}: ${reason}`).join("; ") || "no trace"}`,
    ];
  });
}
