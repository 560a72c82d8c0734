import type { Host, Surroundings } from "./host.ts";
import type { Leadership } from "./leadership.ts";
import type { Target } from "./things.ts";

/** How often each kind of fault happens in a simulation. */
export interface FaultCounts {
  crashes: number;
  deathsOfDaemons: number;
  partitions: number;
  frozen: number;
  deathsOfTheServer: number;
  drained: number;
  locked: number;
  cancelled: number;
}

/** What goes wrong with machines, lines and people, and how it is mended. */
export class Faults {
  readonly counts: FaultCounts = {
    crashes: 0,
    deathsOfDaemons: 0,
    partitions: 0,
    frozen: 0,
    deathsOfTheServer: 0,
    drained: 0,
    locked: 0,
    cancelled: 0,
  };
  isServerUp = true;
  readonly #all: Surroundings;
  readonly #leadership: Leadership;
  readonly #hosts: readonly Host[];
  readonly #targetsOf: readonly (readonly Target[])[];

  constructor(
    all: Surroundings,
    leadership: Leadership,
    hosts: readonly Host[],
    targetsOf: readonly (readonly Target[])[],
  ) {
    this.#all = all;
    this.#leadership = leadership;
    this.#hosts = hosts;
    this.#targetsOf = targetsOf;
  }

  /** One thing goes wrong, and is mended after a while. */
  strike(targets: readonly Target[]): void {
    const { random, store } = this.#all;
    const host = random.pick(this.#hosts);
    const kind = random.below(100);
    const isLong = random.chance(0.1);
    if (kind < 15) this.#crash(host, isLong ? random.between(600_000, 1_800_000) : random.between(20_000, 120_000));
    else if (kind < 40) this.#killDaemon(host, random.between(2_000, 20_000));
    else if (kind < 60) this.#cutOff(host, isLong ? random.between(660_000, 1_200_000) : random.between(2_000, 90_000));
    else if (kind < 75) this.#freeze(host, random.between(5_000, 60_000));
    else if (kind < 78) this.#killServer(random.between(2_000, 20_000));
    else if (kind < 85) this.#drain(host, random.between(60_000, 900_000));
    else if (kind < 92) this.#lock(random.pick(targets), random.between(30_000, 600_000));
    else {
      const waiting = [...(store.openOn[host.number] ?? [])].find(
        ({ status, isRollback }) => status === "queued" && !isRollback,
      );
      if (waiting === undefined) return;
      this.counts.cancelled += 1;
      store.cancel(waiting);
    }
  }

  /** A fault that hits the leader of all. */
  strikeLeader(): void {
    const leader = this.#leadership.leader;
    if (leader === undefined) return;
    const { random } = this.#all;
    const host = this.#all.host(leader);
    const kind = random.below(3);
    if (kind === 0) this.#killDaemon(host, random.between(2_000, 20_000));
    else if (kind === 1) this.#freeze(host, random.between(9_000, 60_000));
    else this.#cutOff(host, random.between(9_000, 60_000));
  }

  #crash(host: Host, ms: number): void {
    if (!host.isMachineUp) return;
    this.counts.crashes += 1;
    host.isMachineUp = false;
    host.killRunners();
    this.#lost(host);
    this.#all.timeline.after(ms, () => {
      host.isMachineUp = true;
      this.#found(host);
    });
  }

  #killDaemon(host: Host, ms: number): void {
    if (!host.isDaemonUp) return;
    this.counts.deathsOfDaemons += 1;
    host.isDaemonUp = false;
    this.#lost(host);
    this.#all.timeline.after(ms, () => {
      host.isDaemonUp = true;
      this.#found(host);
    });
  }

  #cutOff(host: Host, ms: number): void {
    if (host.isCutOff) return;
    this.counts.partitions += 1;
    host.isCutOff = true;
    this.#lost(host);
    this.#all.timeline.after(ms, () => {
      host.isCutOff = false;
      this.#found(host);
    });
  }

  #freeze(host: Host, ms: number): void {
    if (host.isFrozen) return;
    this.counts.frozen += 1;
    host.isFrozen = true;
    this.#lost(host);
    this.#all.timeline.after(ms, () => {
      host.isFrozen = false;
      this.#found(host);
    });
  }

  #killServer(ms: number): void {
    if (!this.isServerUp) return;
    this.counts.deathsOfTheServer += 1;
    this.isServerUp = false;
    this.#leadership.serverDied();
    this.#all.timeline.after(ms, () => {
      this.isServerUp = true;
      for (const host of this.#hosts) if (host.reaches) host.returns();
      this.#leadership.elect();
    });
  }

  #drain(host: Host, ms: number): void {
    const { store, timeline } = this.#all;
    if (store.drained.has(host.number)) return;
    this.counts.drained += 1;
    store.drained.add(host.number);
    this.#tellOthers(host);
    timeline.after(ms, () => {
      store.drained.delete(host.number);
      host.poke();
      this.#tellOthers(host);
    });
  }

  #lock(target: Target, ms: number): void {
    if (target.lock !== undefined) return;
    this.counts.locked += 1;
    target.lock = { ...target.key, reason: "audit", lockedBy: "ann", lockedAt: "", holder: "" };
    this.#all.timeline.after(ms, () => {
      target.lock = undefined;
      for (const host of target.hosts) this.#all.host(host).poke();
    });
  }

  #lost(host: Host): void {
    host.lostAt ??= this.#all.timeline.now;
    this.#leadership.watch(host.number);
    // The others notice the silence by then.
    this.#all.timeline.after(31_000, () => this.#tellOthers(host));
  }

  #found(host: Host): void {
    if (host.isDaemonUp && host.isMachineUp && !host.isFrozen && !host.isCutOff) {
      host.lostAt = undefined;
      host.returns();
      this.#tellOthers(host);
    }
  }

  /** What others may do has changed with this host. */
  #tellOthers(host: Host): void {
    // It may catch up with rollouts that have ended.
    for (const { rollout } of this.#all.store.openOn[host.number] ?? []) rollout.next = undefined;
    for (const target of this.#targetsOf[host.number] ?? []) {
      for (const rollout of target.open) {
        rollout.next = undefined;
        this.#all.store.changed(rollout);
      }
    }
  }
}
