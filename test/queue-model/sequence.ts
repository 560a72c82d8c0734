import { array, constant, constantFrom, integer, oneof, record } from "fast-check";
import type { Arbitrary, WeightedArbitrary } from "fast-check";
import { COMMITS, REF_NAMES, commitOf } from "./commits.ts";
import type { Commit, RefName } from "./commits.ts";
import { FORGE_KINDS } from "./forge-kinds.ts";
import type { ForgeKind } from "./forge-kinds.ts";
import type { Fraisier } from "./fraisier.ts";
import { Machine } from "./machine.ts";
import type { CampaignStore } from "./machine.ts";
import { QueueModel } from "./model.ts";
import type { Seen } from "./model.ts";
import type { Push } from "./remote.ts";
import type { Fate } from "./runner.ts";
import { messageOf } from "../../src/domain/message-of.ts";

/** One thing that happens. Pushes are counted back from the newest one. */
type Step =
  | { readonly do: "push"; readonly ref: RefName; readonly commit: Commit; readonly webhook: "now" | "later" }
  | { readonly do: "deliver" | "replay"; readonly back: number }
  | { readonly do: "go on"; readonly fate: Fate; readonly times: number }
  | { readonly do: "kill the runner" | "kill the next runner" | "kill the daemon"; readonly call: number }
  | { readonly do: "deploy"; readonly commit: Commit | "again" }
  | { readonly do: "cancel"; readonly which: "running" | "waiting" }
  | { readonly do: "wait"; readonly seconds: number }
  | {
      readonly do:
        | "stop the runner"
        | "start the daemon"
        | "sweep"
        | "roll back"
        | "resume"
        | "lock"
        | "unlock"
        | "freeze"
        | "thaw";
    };

type Weighted = WeightedArbitrary<unknown>;

export interface Sequence {
  readonly kind: ForgeKind;
  readonly steps: readonly Step[];
}

/** A few commits come often, so that refs go to and fro between them. */
const commit = oneof(constantFrom<Commit>("c1", "c2"), constantFrom(...COMMITS));
const back = constantFrom(0, 0, 1, 1, 2, 3);
const webhook = constantFrom("now", "now", "now", "later");
const simple = (...names: readonly string[]) => record({ do: constantFrom(...names) });

const pushes: Weighted[] = [
  { weight: 12, arbitrary: record({ do: constant("push"), ref: constant("main"), commit, webhook }) },
  { weight: 3, arbitrary: record({ do: constant("push"), ref: constantFrom(...REF_NAMES), commit, webhook }) },
];
const goesOn: Weighted = {
  weight: 14,
  arbitrary: record({ do: constant("go on"), fate: constant("works"), times: constantFrom(1, 4, 4) }),
};
const fails: Weighted = {
  weight: 5,
  arbitrary: record({
    do: constant("go on"),
    fate: constantFrom("fails", "fails", "finds the disk full"),
    times: constantFrom(1, 4),
  }),
};
const comesAgain: Weighted[] = [
  { weight: 5, arbitrary: record({ do: constant("deliver"), back }) },
  { weight: 2, arbitrary: record({ do: constant("replay"), back }) },
];
const byHand: Weighted[] = [
  { weight: 3, arbitrary: record({ do: constant("deploy"), commit: oneof(constant("again"), commit) }) },
  { weight: 3, arbitrary: record({ do: constant("cancel"), which: constantFrom("running", "waiting") }) },
];
const goesBack: Weighted = { weight: 5, arbitrary: simple("roll back", "resume") };
const dies: Weighted[] = [
  { weight: 4, arbitrary: record({ do: constant("kill the runner"), call: constantFrom(0, 0, 1, 2, 3, 4, 6) }) },
  { weight: 2, arbitrary: record({ do: constant("kill the next runner"), call: integer({ min: 2, max: 14 }) }) },
  { weight: 2, arbitrary: record({ do: constant("kill the daemon"), call: constantFrom(0, 0, 1, 2, 3, 5, 8) }) },
];
const rest: Weighted[] = [
  { weight: 3, arbitrary: record({ do: constant("wait"), seconds: constantFrom(2, 12, 40) }) },
  { weight: 4, arbitrary: simple("start the daemon", "sweep") },
  { weight: 5, arbitrary: simple("stop the runner", "lock", "unlock", "freeze", "thaw") },
];

/** Most sequences take their steps from everything that can happen. The others take them from a few kinds, of which several in a row have a meaning. */
const steps = oneof(
  { weight: 5, arbitrary: stepsOf(...pushes, goesOn, fails, ...comesAgain, ...byHand, goesBack, ...dies, ...rest) },
  { weight: 1, arbitrary: stepsOf(...pushes, goesOn, fails, ...comesAgain) },
  { weight: 1, arbitrary: stepsOf(...pushes, goesOn, fails, fails, ...byHand, ...byHand) },
  { weight: 1, arbitrary: stepsOf(...pushes, goesOn, goesOn, goesBack, goesBack, goesBack, goesBack) },
);

function stepsOf(...kinds: readonly Weighted[]): Arbitrary<readonly Step[]> {
  return array(oneof(...kinds) as Arbitrary<Step>, { minLength: 1, maxLength: 24, size: "max" });
}

/** Some things that happen, one after the other, to a target whose forge is of some kind. */
export const sequences: Arbitrary<Sequence> = record({ kind: constantFrom(...FORGE_KINDS), steps });

/** A sequence after which something was untrue, as it went. */
export class SequenceFailed extends Error {
  readonly lines: readonly string[];

  constructor(lines: readonly string[], cause: unknown) {
    super(messageOf(cause), { cause });
    this.lines = lines;
  }
}

/** How much happened in a sequence. */
export interface Played {
  readonly steps: number;
  readonly deployments: number;
  /** Runners that were killed. */
  readonly deaths: number;
}

/** Runs a sequence against the model and against fraisier; then everything that can go on does. @throws SequenceFailed */
export async function run(fraisier: Fraisier, store: CampaignStore, { kind, steps }: Sequence): Promise<Played> {
  const machine = await Machine.open(fraisier, store, kind);
  const lines = [`a forge that ${kind}`];
  try {
    const play = new Play(machine, new QueueModel(kind !== "keeps the id"), lines);
    for (const each of steps) await play.step(each);
    await play.end();
    return await play.figures();
  } catch (error) {
    throw new SequenceFailed(lines, error);
  } finally {
    await machine.close();
  }
}

/** One sequence under way. */
class Play {
  readonly #machine: Machine;
  readonly #model: QueueModel;
  readonly #lines: string[];
  #steps = 0;
  #deaths = 0;

  constructor(machine: Machine, model: QueueModel, lines: string[]) {
    this.#machine = machine;
    this.#model = model;
    this.#lines = lines;
  }

  /** A step that makes no sense now is left out. */
  async step(step: Step): Promise<void> {
    // Times in the store are milliseconds: two steps are never at the same time.
    this.#machine.timePasses(1);
    const before = this.#lines.length;
    await this.#do(step);
    if (this.#lines.length === before) return;
    this.#steps += 1;
    // To go on checks after each command by itself.
    if (step.do !== "go on") await this.#check();
  }

  /** Nothing is in the way any more, and every deployment works. */
  async end(): Promise<void> {
    const machine = this.#machine;
    this.#say("at the end: everything is unlocked and thawed, every command works, and time goes by");
    await machine.unlock();
    machine.isFrozen = false;
    machine.nextRunnerDiesAt = Number.POSITIVE_INFINITY;
    for (let rounds = 0; rounds < 8; rounds++) {
      // It may still die of an earlier step.
      if (!machine.daemonIsUp) await machine.startDaemon();
      await this.#check();
      await this.#goOn("works", 8);
      if (!(await this.#see()).deployments.some(({ status }) => STANDING.has(status))) break;
      machine.timePasses(40_000);
    }
    this.#model.checkRest(await this.#see());
  }

  async figures(): Promise<Played> {
    return { steps: this.#steps, deployments: (await this.#see()).deployments.length, deaths: this.#deaths };
  }

  /** Lets everything go on that can by itself, and holds what there is to see to the model. */
  async #check(): Promise<void> {
    await this.#machine.rest();
    for (const deployment of this.#machine.deaths.splice(0)) {
      this.#deaths += 1;
      this.#model.failed(deployment, "its runner dies");
    }
    this.#model.check(await this.#see());
  }

  async #do(step: Step): Promise<void> {
    const [machine, model] = [this.#machine, this.#model];
    switch (step.do) {
      case "push":
        return await this.#push(step);
      case "deliver": {
        const push = machine.remote.pushes.at(-1 - step.back);
        if (push === undefined || !machine.daemonIsUp) return;
        const again = machine.isDelivered(push) ? "again" : "late";
        return await this.#deliver(push, `the webhook of push ${push.number} arrives ${again}`);
      }
      case "replay": {
        const push = machine.remote.pushes.at(-1 - step.back);
        if (push === undefined || !machine.isDelivered(push)) return;
        this.#say(`a person replays push ${push.number}`);
        const verdict = (await machine.replay(push))?.decisions[0];
        if (verdict !== undefined) model.answered(push, "replay", verdict, await this.#see());
        return;
      }
      case "sweep":
        return await this.#sweep();
      case "go on":
        return await this.#goOn(step.fate, step.times);
      case "kill the runner": {
        const runner = machine.waitingRunner;
        if (runner === undefined) return;
        const when =
          step.call === 0 ? `in ${runner.place}` : `after ${runner.place}, at its call ${step.call} of the store`;
        this.#say(`kill the runner ${when}`);
        if (step.call === 0) await runner.kill();
        else await runner.dieAt(step.call);
        return;
      }
      case "kill the next runner":
        this.#say(`the next runner dies at its call ${step.call} of the store, if it has not begun its work by then`);
        machine.nextRunnerDiesAt = step.call;
        return;
      case "stop the runner": {
        const runner = machine.waitingRunner;
        if (runner === undefined) return;
        this.#say(`stop the runner in order in ${runner.place}`);
        model.failed(runner.deployment, "its runner is stopped");
        return await runner.stop();
      }
      case "kill the daemon":
        if (!machine.daemonIsUp) return;
        this.#say(step.call === 0 ? "kill the daemon" : `kill the daemon at its call ${step.call} of the store`);
        if (step.call === 0) machine.killDaemon();
        else await machine.killDaemonAt(step.call);
        return;
      case "start the daemon":
        if (machine.daemonIsUp) return;
        this.#say("start the daemon");
        return await machine.startDaemon();
      case "deploy": {
        const wanted = step.commit === "again" ? (await this.#see()).deployments.at(-1)?.commit : step.commit;
        if (wanted === undefined) return;
        this.#say(`deploy ${wanted} by hand`);
        const verdict = await machine.deployByHand(wanted);
        model.deployedByHand(wanted, verdict, await this.#see());
        return;
      }
      case "roll back":
        return await this.#rollBack();
      case "cancel":
        return await this.#cancel(step.which);
      case "resume":
        this.#say("resume the target");
        await machine.resume();
        model.resumed();
        return;
      case "lock":
        this.#say("lock the target");
        return await machine.lock();
      case "unlock":
        this.#say("unlock the target");
        return await machine.unlock();
      case "freeze":
        if (!machine.isFrozen) this.#say("a freeze window begins");
        machine.isFrozen = true;
        return;
      case "thaw":
        if (machine.isFrozen) this.#say("the freeze window ends");
        machine.isFrozen = false;
        return;
      case "wait":
        this.#say(`${step.seconds} seconds go by`);
        machine.timePasses(step.seconds * 1_000);
    }
  }

  async #push({ ref, commit, webhook }: Extract<Step, { do: "push" }>): Promise<void> {
    const push = this.#machine.remote.push(ref, commit);
    if (push === undefined) return;
    const what = `push ${push.number}: ${ref} ${commit}${push.isForced ? " (forced)" : ""}`;
    if (webhook === "now" && this.#machine.daemonIsUp) await this.#deliver(push, what);
    else this.#say(`${what}, and its webhook does not come yet`);
  }

  async #deliver(push: Push, line: string): Promise<void> {
    this.#say(line);
    const verdict = (await this.#machine.deliver(push))?.decisions[0];
    if (verdict === undefined) throw new Error("a webhook was not answered");
    this.#say(`  → ${verdict.decision}${verdict.reason === "" ? "" : `: ${verdict.reason}`}`);
    this.#model.answered(push, "webhook", verdict, await this.#see());
  }

  async #sweep(): Promise<void> {
    const machine = this.#machine;
    if (!machine.daemonIsUp) return;
    this.#say("sweep");
    for (const { ref, verdict } of await machine.sweep()) {
      const push = machine.remote.pushes.findLast((each) => each.ref === ref);
      if (push === undefined) throw new Error(`a sweep found ${ref}, which is not there`);
      this.#say(`  → ${ref}: ${verdict.decision}: ${verdict.reason}`);
      this.#model.answered(push, "sweep", verdict, await this.#see());
    }
  }

  /** The runner's command ends so; what comes after it works, for as many commands as are named. */
  async #goOn(fate: Fate, times: number): Promise<void> {
    for (let time = 0; time < times; time++) {
      const runner = this.#machine.waitingRunner;
      if (runner === undefined) return;
      // To take something back always works here.
      const now = time === 0 && runner.place !== "taking back" ? fate : "works";
      this.#say(`the runner's command ${now} in ${runner.place}`);
      if (now !== "works") this.#model.failed(runner.deployment, now);
      await runner.goOn(now);
      await this.#check();
      // The next deployment has a fate of its own.
      if (this.#machine.waitingRunner?.deployment !== runner.deployment) return;
    }
  }

  async #rollBack(): Promise<void> {
    const { UsageError } = this.#machine.fraisier;
    try {
      const { revision, deployment } = await this.#machine.rollBack();
      this.#say(`roll back by hand, to ${commitOf(revision)}`);
      this.#model.rolledBack(commitOf(revision), deployment);
    } catch (error) {
      // It says why, and does nothing.
      if (!(error instanceof UsageError)) throw error;
    }
  }

  async #cancel(which: "running" | "waiting"): Promise<void> {
    const { deployments } = await this.#see();
    const found = deployments.find(
      ({ status }) => (status === "queued") === (which === "waiting") && STANDING.has(status),
    );
    if (found === undefined) return;
    this.#say(`cancel what ${which === "running" ? "runs" : "waits"}: ${found.commit}`);
    const result = await this.#machine.cancel(found.id);
    if (result === "cancelled" || result === "requested") this.#model.cancelled(found.id);
    await this.#machine.waitingRunner?.beat();
  }

  #say(line: string): void {
    this.#lines.push(line);
  }

  async #see(): Promise<Seen> {
    const { status, locks, deployments, running } = await this.#machine.read();
    const { remote, runs } = this.#machine;
    const [claimed] = running;
    return {
      now: new Date(),
      deployments: deployments.toReversed().map((row) => ({
        id: row.id,
        trigger: row.trigger,
        commit: commitOf(row.revision),
        ref: row.ref?.name,
        status: row.status,
        reason: row.reason,
        supersededBy: row.supersededBy,
        waitsBecause: row.waitsBecause,
        retry: row.retry,
        retryOf: row.retryOf,
        notBefore: row.notBefore === undefined ? undefined : new Date(row.notBefore),
      })),
      recorded: typeof status?.revision === "string" ? commitOf(status.revision) : undefined,
      runs: runs === undefined ? undefined : commitOf(runs),
      runners: this.#machine.runners.size,
      isLaunching: claimed?.runnerKind === this.#machine.fraisier.LAUNCHING,
      isRunningHeld: (status?.running?.waitsBecause ?? null) !== null,
      daemonIsUp: this.#machine.daemonIsUp,
      isLocked: locks.length > 0,
      isFrozen: this.#machine.isFrozen,
      holds: (ref, commit) => remote.holds(ref, commit),
      tip: (ref) => remote.refs.get(ref),
    };
  }
}

const STANDING: ReadonlySet<string> = new Set(["queued", "running", "rolling_back"]);
