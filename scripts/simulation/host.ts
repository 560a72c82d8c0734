import type { QueuedDeployment, RunningDeployment } from "../../src/store/reads/queue-state.ts";
import type { Gate } from "../../src/domain/wait-reason.ts";
import type { Presence } from "../../src/domain/rollout.ts";
import type { Parts } from "./parts.ts";
import type { Random } from "./random.ts";
import type { Store, View } from "./store.ts";
import type { DeploymentRow, RolloutRow } from "./things.ts";
import { Violation } from "./things.ts";
import type { Timeline } from "./timeline.ts";

/** What the hosts of a simulation share. */
export interface Surroundings {
  readonly parts: Parts;
  readonly timeline: Timeline;
  readonly random: Random;
  readonly store: Store;
  host(number: number): Host;
  /** The server of the store answers. */
  isServerUp(): boolean;
}

const SILENT_MS = 30_000;
const LOOK_MS = 2_000;
const CONCURRENCY = 4;
const PATIENCE_MS = 600_000;

interface Runner {
  readonly deployment: DeploymentRow;
  isAlive: boolean;
}

/** A host: its daemon, its runners, and its line to the server. The daemon knows only what the store and its own clock tell it. */
export class Host implements View {
  readonly number: number;
  readonly #all: Surroundings;
  /** Its wall clock is wrong by so much; no decision may depend on it. */
  readonly #wallOffsetMs: number;
  isDaemonUp = true;
  isMachineUp = true;
  isFrozen = false;
  isCutOff = false;
  /** By the true time: since then the server hears nothing of it. Undefined while it hears it. */
  lostAt: number | undefined;
  /** Since then the daemon sees the store without a gap, and measures. */
  #seesSince = 0;
  readonly #runners = new Map<string, Runner>();
  /** When it first saw that a deployment had succeeded. */
  readonly #seen = new Map<DeploymentRow, number>();
  #isLookPlanned = false;
  #isAtWork = false;

  constructor(number: number, all: Surroundings, wallOffsetMs: number) {
    this.number = number;
    this.#all = all;
    this.#wallOffsetMs = wallOffsetMs;
  }

  /** The daemon works and reaches the store. */
  get reaches(): boolean {
    return this.isDaemonUp && this.isMachineUp && !this.isFrozen && !this.isCutOff && this.#all.isServerUp();
  }

  get reachesByRunner(): boolean {
    return this.isMachineUp && !this.isFrozen && !this.isCutOff && this.#all.isServerUp();
  }

  presence(host: number): Presence {
    const { store, timeline } = this.#all;
    const { lostAt } = this.#all.host(host);
    if (lostAt !== undefined && timeline.now - Math.max(lostAt, this.#seesSince) > SILENT_MS) return "silent";
    return store.drained.has(host) ? "drained" : "present";
  }

  healthyMs(deployment: DeploymentRow): number {
    const { now } = this.#all.timeline;
    if (this.presence(deployment.host) === "silent") {
      this.#seen.delete(deployment);
      return 0;
    }
    // What a daemon that measures much forgets is measured again.
    if (this.#seen.size > 5_000) this.#seen.clear();
    const since = this.#seen.get(deployment);
    if (since === undefined) this.#seen.set(deployment, now);
    return now - (since ?? now);
  }

  /** After a gap everything is measured anew. */
  returns(): void {
    this.#seesSince = this.#all.timeline.now;
    this.#seen.clear();
    this.poke();
  }

  /** A notification, which may be late, and is lost now and then: the next slow look makes good for it. */
  poke(): void {
    if (this.#isLookPlanned) return;
    this.#isLookPlanned = true;
    const { random, timeline } = this.#all;
    timeline.after(random.chance(0.02) ? LOOK_MS : random.between(1, random.chance(0.05) ? 1_000 : 50), () =>
      this.#look(),
    );
  }

  /** Kills its runners. */
  killRunners(): void {
    for (const runner of this.#runners.values()) runner.isAlive = false;
    this.#runners.clear();
  }

  /** The dispatcher: reads, decides, and acts a little later, when what it read may be true no longer. */
  #look(): void {
    this.#isLookPlanned = false;
    if (!this.reaches) return;
    if (this.#isAtWork) {
      this.poke();
      return;
    }
    const { store, parts, random, timeline } = this.#all;
    const open = store.openOn[this.number] ?? new Set();
    if (open.size === 0) return;
    const all = [...open];
    const queued = all.filter(({ status }) => status === "queued");
    const running = all.filter(({ status }) => status === "running");
    const byId = new Map(all.map((each) => [each.id, each]));
    const faults = new Map<string, Gate>();
    for (const each of queued) {
      const wait = this.#waveOf(each);
      if (wait !== undefined) faults.set(each.id, wait);
    }
    const runningRows = running.map(runningRow);
    const turns = parts.nextTurns(
      {
        queued: queued.map(queuedRow),
        running: runningRows,
        dead: runningRows.filter(({ id }) => this.#runners.get(id)?.isAlive !== true),
      },
      { concurrency: CONCURRENCY, freezeOf: () => [], lenderOf: () => undefined },
      { locks: queued.flatMap(({ rollout }) => rollout.target.lock ?? []), faults },
      new Date(1_700_000_000_000 + timeline.now + this.#wallOffsetMs),
    );
    const going = turns.filter(({ kind }) => kind !== "wait");
    if (going.length === 0) return;
    this.#isAtWork = true;
    timeline.after(random.between(1, 100), () => {
      this.#isAtWork = false;
      if (!this.reaches) return;
      for (const turn of going) {
        const deployment = byId.get(turn.deployment.id);
        if (deployment === undefined) continue;
        if (turn.kind === "take up" ? deployment.status === "running" : store.claim(deployment, this))
          this.#run(deployment);
      }
      this.poke();
    });
  }

  /** Why a queued deployment of this host may not begin yet, as this daemon sees it. */
  #waveOf(deployment: DeploymentRow): Gate | undefined {
    if (deployment.isRollback) return undefined;
    const { rollout } = deployment;
    const wave = (): Gate => ({ kind: "wave", rollout: rollout.id, for: { kind: "hosts", hosts: [], more: 0 } });
    // Nobody but time stands in the way of those that are next: only their daemons measure it, which is what keeps a simulation of a thousand hosts short.
    if (!this.next(rollout).has(deployment.id)) return wave();
    const { begins, waits } = this.#all.parts.decideWaves(this.#all.store.rolloutOf(rollout, this));
    if (begins.some(({ deployment: id }) => id === deployment.id)) return undefined;
    const wait = waits.get(deployment.id);
    if (wait?.kind === "health") this.#all.timeline.after(wait.leftMs + 1, () => this.poke());
    else if (wait?.kind === "absence" || wait?.kind === "unavailable")
      this.#all.timeline.after(LOOK_MS * 5, () => this.poke());
    return wait === undefined ? wave() : { kind: "wave", rollout: rollout.id, for: wait };
  }

  /** The deployments that may begin as soon as their daemons have seen the others healthy for long enough. */
  next(rollout: RolloutRow): ReadonlySet<string> {
    const { parts, store } = this.#all;
    const optimist: View = {
      presence: (host) => (this.#all.host(host).lostAt === undefined ? this.presence(host) : "silent"),
      healthyMs: () => Infinity,
    };
    rollout.next ??= new Set(
      parts.decideWaves(store.rolloutOf(rollout, optimist)).begins.map(({ deployment }) => deployment),
    );
    return rollout.next;
  }

  #run(deployment: DeploymentRow): void {
    const { random, timeline } = this.#all;
    for (const other of this.#runners.values())
      if (other.isAlive && other.deployment.rollout.target === deployment.rollout.target)
        throw new Violation(`${deployment.rollout.target.name}: two runners work on host ${this.number}`);
    const runner: Runner = { deployment, isAlive: true };
    this.#runners.set(deployment.id, runner);
    // Taken up after it had begun to change the host: it is taken back.
    if (deployment.isActivated && !deployment.isRollback) {
      timeline.after(random.between(500, 5_000), () => this.#report(runner, "rolled_back", true, timeline.now));
      return;
    }
    const takesMs = random.between(2_000, 30_000);
    timeline.after(takesMs * 0.7, () => {
      if (runner.isAlive) deployment.isActivated = true;
    });
    timeline.after(takesMs, () => this.#finish(runner));
  }

  #finish(runner: Runner): void {
    if (!runner.isAlive) return;
    if (this.isFrozen) {
      this.#all.timeline.after(1_000, () => this.#finish(runner));
      return;
    }
    const { deployment } = runner;
    const { push, replacesNewer, target } = deployment.rollout;
    const { now } = this.#all.timeline;
    const runs = this.#all.store.placement(this.number, target).revision ?? 0;
    if (deployment.isRollback) this.#report(runner, "succeeded", false, now);
    // Git knows that it is late: something newer runs, or had waited.
    else if (runs >= deployment.revision || replacesNewer !== undefined) this.#report(runner, "skipped", false, now);
    else if (push.nature === "breaks") this.#report(runner, "rolled_back", false, now);
    else if (push.nature === "stumbles" && deployment.retry === 0) this.#report(runner, "failed", true, now);
    else this.#report(runner, "succeeded", false, now);
  }

  /** The runner waits for a store that is away, and after its patience takes back what it did. */
  #report(
    runner: Runner,
    status: "succeeded" | "skipped" | "failed" | "rolled_back",
    mayPass: boolean,
    since: number,
  ): void {
    if (!runner.isAlive) return;
    const { deployment } = runner;
    const { store, random, timeline } = this.#all;
    if (!this.reachesByRunner) {
      const isOver = timeline.now - since > PATIENCE_MS && status === "succeeded" && !deployment.isRollback;
      const next = isOver ? "rolled_back" : status;
      timeline.after(random.between(500, 2_000), () => this.#report(runner, next, isOver || mayPass, since));
      return;
    }
    runner.isAlive = false;
    this.#runners.delete(deployment.id);
    store.settle(deployment, status, { mayPass, isLate: status === "skipped" });
    if (status === "succeeded" && !deployment.isRollback && deployment.rollout.push.nature === "falls ill")
      timeline.after(random.between(1_000, 20_000), () => this.#fallsIll(deployment));
    this.poke();
  }

  #fallsIll(deployment: DeploymentRow): void {
    if (this.reaches) this.#all.store.recordIllness(deployment);
    else this.#all.timeline.after(1_000, () => this.#fallsIll(deployment));
  }
}

function queuedRow({ id, rollout, isRollback, retry }: DeploymentRow): QueuedDeployment {
  const trigger = isRollback ? "rollback" : "delivery";
  const none = { overrideBy: undefined, notBefore: undefined, waitsFor: undefined };
  return { ...rollout.target.key, host: "", ...none, id, trigger, retry, retryLimit: 2 };
}

function runningRow({ id, rollout }: DeploymentRow): RunningDeployment {
  const runner = { leaseOwner: "", leaseExpiresAt: "", runnerKind: "process", runnerIdentity: "{}" };
  const none = { settings: undefined, cancelRequestedAt: undefined, waitsFor: undefined };
  return { ...rollout.target.key, host: "", ...runner, ...none, id, status: "running" };
}
