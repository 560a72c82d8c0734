import type { RolloutPlan } from "../../src/domain/rollout.ts";
import { Faults } from "./faults.ts";
import type { FaultCounts } from "./faults.ts";
import { Host } from "./host.ts";
import type { Surroundings } from "./host.ts";
import { Leadership } from "./leadership.ts";
import { Oracle } from "./oracle.ts";
import type { Parts } from "./parts.ts";
import { Random } from "./random.ts";
import { hostName, Store } from "./store.ts";
import type { Nature, Push, RolloutRow, Target } from "./things.ts";
import { Violation } from "./things.ts";
import { Timeline } from "./timeline.ts";

export interface Scale {
  readonly hosts: number;
  readonly targets: number;
  readonly pushes: number;
}

export interface Report extends FaultCounts {
  readonly seed: number;
  readonly events: number;
  readonly checks: number;
  readonly deployments: number;
  readonly terms: number;
  readonly staleWritesRefused: number;
  readonly deliveriesTwice: number;
  readonly deliveriesLost: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly virtualHours: number;
  /** What was untrue, and after how many events; undefined if everything was true. */
  readonly found: { readonly message: string; readonly atEvent: number } | undefined;
}

/** One push arrives in so many milliseconds of virtual time, on the average, if there are a thousand hosts. */
const PUSH_MS = 200;

/** Plays everything that a seed says, until everything has come to rest or something is untrue. */
export function simulate(parts: Parts, seed: number, scale: Scale): Report {
  const simulation = new Simulation(parts, seed, scale);
  try {
    simulation.run();
    return simulation.report(undefined);
  } catch (error) {
    if (!(error instanceof Violation)) throw error;
    return simulation.report(error.message);
  }
}

class Simulation implements Surroundings {
  readonly parts: Parts;
  readonly timeline = new Timeline();
  readonly random: Random;
  readonly store: Store;
  readonly #seed: number;
  readonly #scale: Scale;
  readonly #oracle = new Oracle();
  readonly #hosts: readonly Host[];
  readonly #targets: readonly Target[];
  readonly #pushes: Push[] = [];
  readonly #faults: Faults;
  readonly #leadership: Leadership;
  /** Pushes whose deliveries never come. */
  readonly #unheard = new Set<Push>();
  #twice = 0;
  #lost = 0;

  constructor(parts: Parts, seed: number, scale: Scale) {
    this.parts = parts;
    this.random = new Random(seed);
    this.#seed = seed;
    this.#scale = scale;
    this.store = new Store(parts, this.#oracle, scale.hosts, () => this.timeline.now);
    this.#hosts = Array.from(
      { length: scale.hosts },
      (_, number) => new Host(number, this, this.random.between(-600_000, 600_000)),
    );
    this.#targets = Array.from({ length: scale.targets }, (_, number) => makeTarget(this.random, number, scale));
    const targetsOf = Array.from({ length: scale.hosts }, (): Target[] => []);
    for (const target of this.#targets) for (const host of target.hosts) targetsOf[host]?.push(target);
    this.#leadership = new Leadership(this, this.#oracle, scale.hosts);
    this.#faults = new Faults(this, this.#leadership, this.#hosts, targetsOf);
    this.store.changed = (rollout) => this.#tell(rollout);
    this.store.isLost = (host) => this.host(host).lostAt !== undefined;
    this.#leadership.sweep = () => this.#sweep();
  }

  host(number: number): Host {
    const host = this.#hosts[number];
    if (host === undefined) throw new Error(`there is no host ${number}`);
    return host;
  }

  isServerUp(): boolean {
    return this.#faults.isServerUp;
  }

  run(): void {
    const lengthMs = this.#planPushes();
    this.#leadership.elect();
    const strikes = Math.ceil(this.#scale.pushes / 10);
    for (let strike = 0; strike < strikes; strike++)
      this.timeline.after(this.random.between(0, lengthMs), () => this.#faults.strike(this.#targets));
    for (let strike = 0; strike < Math.ceil(strikes / 50); strike++)
      this.timeline.after(this.random.between(0, lengthMs), () => this.#faults.strikeLeader());
    // A leader looks for what no delivery brought, at its slow pace.
    for (let at = 60_000; at < lengthMs + 3_600_000; at += 60_000)
      this.timeline.after(at, () => this.#leadership.tick());
    while (this.timeline.step()) this.#oracle.check();
    this.#oracle.checkRest(this.#targets, this.#pushes, (host, target) => this.store.placement(host, target).revision);
  }

  #planPushes(): number {
    const { hosts, pushes } = this.#scale;
    const lengthMs = pushes * PUSH_MS * Math.max(1, 1_000 / hosts);
    for (let number = 1; number <= pushes; number++) {
      // Most people push now and then, and some push all the time.
      const few = Math.max(1, Math.floor(this.#targets.length / 20));
      const target = this.#targets[this.random.below(this.random.chance(0.3) ? few : this.#targets.length)];
      if (target === undefined) continue;
      const at = (number / pushes) * lengthMs;
      this.timeline.after(at, () => this.#push(number, target));
    }
    return lengthMs;
  }

  #push(number: number, target: Target): void {
    const { random, timeline } = this;
    const push: Push = {
      number,
      target,
      nature: natureOf(random),
      decision: undefined,
      rollout: undefined,
      isAnswered: false,
    };
    target.pushes.push(push);
    this.#pushes.push(push);
    if (random.chance(0.01)) {
      this.#lost += 1;
      this.#unheard.add(push);
      return;
    }
    // Now and then a delivery overtakes those before it.
    const delayMs = random.chance(0.02) ? random.between(5_000, 60_000) : random.between(5, 500);
    timeline.after(delayMs, () => this.#deliver(push));
    if (random.chance(0.01)) timeline.after(delayMs + random.between(0, 50), () => this.#deliver(push));
  }

  /** A balancer sends the delivery to any daemon. The forge delivers again what was not answered. */
  #deliver(push: Push): void {
    const { random, timeline } = this;
    const again = (): void => timeline.after(random.between(5_000, 60_000), () => this.#deliver(push));
    if (!random.pick(this.#hosts).reaches) return again();
    if (push.decision !== undefined) this.#twice += 1;
    this.store.deliver(push);
    // The answer got lost on its way.
    if (random.chance(0.02)) return again();
    push.isAnswered = true;
  }

  #sweep(): void {
    for (const push of this.#unheard) {
      // A branch has one newest commit: that is what a sweep finds.
      const newest = push.target.pushes.at(-1);
      if (push === newest) this.store.deliver(push);
      else push.decision ??= "ignored";
      push.isAnswered = true;
      this.#unheard.delete(push);
    }
  }

  /** A notification for those who may act now. */
  #tell(rollout: RolloutRow): void {
    this.#leadership.due(rollout);
    const next = this.host(rollout.target.hosts[0] ?? 0).next(rollout);
    for (const id of next) {
      const deployment = rollout.byId.get(id);
      if (deployment !== undefined) this.host(deployment.host).poke();
    }
    for (const { rollback } of rollout.members.values())
      if (rollback?.status === "queued") this.host(rollback.host).poke();
  }

  report(message: string | undefined): Report {
    const outcomes: Record<string, number> = {};
    for (const { rollout, decision } of this.#pushes) {
      const told = rollout?.outcome ?? decision ?? "not told";
      outcomes[told] = (outcomes[told] ?? 0) + 1;
    }
    return {
      seed: this.#seed,
      events: this.timeline.happened,
      checks: this.#oracle.checks,
      deployments: this.#oracle.begun,
      terms: this.#oracle.terms,
      staleWritesRefused: this.#oracle.staleWritesRefused,
      deliveriesTwice: this.#twice,
      deliveriesLost: this.#lost,
      ...this.#faults.counts,
      outcomes,
      virtualHours: Math.round(this.timeline.now / 360_000) / 10,
      found: message === undefined ? undefined : { message, atEvent: this.timeline.happened },
    };
  }
}

function natureOf(random: Random): Nature {
  const share = random.next();
  if (share < 0.05) return "breaks";
  if (share < 0.08) return "falls ill";
  return share < 0.13 ? "stumbles" : "good";
}

/** Most targets live on one to three hosts, some on many, and the first one on all of them. */
function makeTarget(random: Random, number: number, { hosts: all }: Scale): Target {
  const share = random.next();
  const many = share < 0.002 ? 100 : share < 0.02 ? 20 : 1 + random.below(3);
  const size = Math.min(all, number === 0 ? all : many);
  const hosts = new Set<number>();
  while (hosts.size < size) hosts.add(size === all ? hosts.size : random.below(all));
  const key = { fraise: `f${number}`, environment: "production", job: "" };
  return {
    key,
    name: `f${number}/production`,
    hosts: [...hosts],
    plan: makePlan(random, [...hosts]),
    open: [],
    bad: new Set(),
    pushes: [],
    lock: undefined,
  };
}

function makePlan(random: Random, hosts: readonly number[]): RolloutPlan {
  const first = hostName(random.pick(hosts));
  const isLarge = hosts.length > 50;
  return {
    order: random.pick([["*"], [first, "*"], ["*", first], [first]]),
    maxParallel: isLarge ? random.pick(["10%", "25%"]) : random.pick([1, 2, 5, "25%", "50%"] as const),
    canary: random.below(3),
    bakeMs: random.pick([0, 30_000, 60_000]),
    onFailure: random.pick(["stop", "roll_back"]),
    maxUnavailable: random.pick([1, "10%", "100%"] as const),
    absent: random.pick(["skip", "skip", "wait", "fail"] as const),
    timeoutMs: random.chance(0.1) ? 900_000 : undefined,
    isFirstAlone: random.chance(0.3),
  };
}
