import type { Surroundings } from "./host.ts";
import type { Oracle } from "./oracle.ts";
import type { RolloutRow } from "./things.ts";

/** The server gives up a session that is silent for so long. */
const SESSION_MS = 8_000;

/** The advisory lock by which the server makes one session the leader, and what the leaders do. A leader that lost its session does not know it yet. */
export class Leadership {
  readonly #all: Surroundings;
  readonly #oracle: Oracle;
  readonly #hosts: number;
  #leader: number | undefined;
  /** Rollouts in which something may be due. */
  readonly #due = new Set<RolloutRow>();
  readonly #planned = new Set<number>();
  readonly #rechecked = new Set<RolloutRow>();
  /** What each leader does besides: it finds pushes of which no delivery came. */
  sweep: () => void = () => undefined;

  constructor(all: Surroundings, oracle: Oracle, hosts: number) {
    this.#all = all;
    this.#oracle = oracle;
    this.#hosts = hosts;
  }

  get leader(): number | undefined {
    return this.#leader;
  }

  due(rollout: RolloutRow): void {
    this.#due.add(rollout);
    if (this.#leader !== undefined) this.#plan(this.#leader, this.#all.store.term);
  }

  /** The leader looks now and then although nothing is known to be due. */
  tick(): void {
    if (this.#leader !== undefined) this.#plan(this.#leader, this.#all.store.term);
  }

  /** A host was lost, or found again: the server notices it after a while. */
  watch(host: number): void {
    if (this.#leader !== host) return;
    const { store, timeline } = this.#all;
    const { term } = store;
    const isGone = (): boolean => !this.#all.host(host).reaches;
    if (!isGone()) return;
    timeline.after(this.#all.host(host).isDaemonUp ? SESSION_MS : 10, () => {
      if (this.#leader !== host || store.term !== term || !isGone()) return;
      this.#leader = undefined;
      this.elect();
    });
  }

  /** The session of the leader ended with the server. */
  serverDied(): void {
    this.#leader = undefined;
  }

  elect(): void {
    const { random, timeline, store } = this.#all;
    timeline.after(random.between(100, 2_000), () => {
      if (this.#leader !== undefined) return;
      const first = random.below(this.#hosts);
      for (let step = 0; step < this.#hosts; step++) {
        const host = (first + step) % this.#hosts;
        if (!this.#all.host(host).reaches) continue;
        this.#leader = host;
        store.term += 1;
        this.#plan(host, store.term);
        return;
      }
      this.elect();
    });
  }

  #plan(host: number, term: number): void {
    if (this.#planned.has(term)) return;
    this.#planned.add(term);
    const { random, timeline } = this.#all;
    timeline.after(random.between(20, 300), () => this.#lead(host, term));
  }

  #lead(host: number, term: number): void {
    const { store, timeline } = this.#all;
    const leader = this.#all.host(host);
    if (!leader.isDaemonUp || !leader.isMachineUp) {
      this.#planned.delete(term);
      return;
    }
    // Frozen or cut off: it goes on as if nothing had been, with the term that it had.
    if (!leader.reaches) {
      timeline.after(1_000, () => this.#lead(host, term));
      return;
    }
    this.#planned.delete(term);
    const due = [...this.#due];
    for (const rollout of due) {
      if (!store.follow(rollout, leader, host, term)) {
        this.#oracle.staleWritesRefused += 1;
        return;
      }
      this.#due.delete(rollout);
      this.#recheck(rollout);
    }
    if (term === store.term) this.sweep();
  }

  /** Time alone may bring something: the end of a bake, a timeout, a host that is given up. */
  #recheck(rollout: RolloutRow): void {
    if (rollout.outcome !== undefined || rollout.beganAt === undefined || this.#rechecked.has(rollout)) return;
    this.#rechecked.add(rollout);
    this.#all.timeline.after(Math.max(5_000, rollout.target.plan.bakeMs / 4), () => {
      this.#rechecked.delete(rollout);
      this.due(rollout);
    });
  }
}
