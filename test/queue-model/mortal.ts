import type { Store } from "../../src/store/store.ts";

/** These answer at once and write nothing. */
const IMMEDIATE: ReadonlySet<string | symbol> = new Set(["onlyReads", "onPoke", "poke", "then"]);

/** One process of fraisier, as far as the store can tell. Once it is dead, none of its calls is carried out, and none comes back. */
export class Mortal {
  readonly store: Store;
  isDead = false;
  /** It has written down how a deployment ended: its death changes nothing of that any more. */
  hasSettled = false;
  readonly #onDeath: () => void;
  #calls = Number.POSITIVE_INFINITY;

  constructor(store: Store, onDeath: () => void) {
    this.#onDeath = onDeath;
    this.store = this.#mortal(store);
  }

  /** The store, or the verbs of one noun of it. */
  #mortal<Verbs extends object>(verbs: Verbs): Verbs {
    return new Proxy(verbs, {
      get: (target, name) => {
        const verb = Reflect.get(target, name) as object | ((...args: unknown[]) => Promise<unknown>);
        if (name === "onPoke") return () => () => {};
        if (IMMEDIATE.has(name)) return verb;
        if (typeof verb === "object") return this.#mortal(verb);
        return async (...args: unknown[]) => {
          if (!this.isDead && --this.#calls <= 0) this.kill();
          const answer = await (this.isDead ? new Promise(() => {}) : verb(...args));
          if (name === "settle") this.hasSettled = true;
          return answer;
        };
      },
    });
  }

  /** It goes on, and dies when it makes this call of the store, from 1. */
  dieAt(call: number): void {
    this.#calls = call;
  }

  kill(): void {
    if (this.isDead) return;
    this.isDead = true;
    this.#onDeath();
  }
}
