import { createHash } from "node:crypto";

/** Choices that come again if the seed comes again. */
export interface SeededRandom {
  /** From 0 up to `end`, without `end` itself. */
  below(end: number): number;
  pick<Item>(items: readonly Item[]): Item;
  /** Some of the items, at least one, in their own order. */
  some<Item>(items: readonly Item[]): readonly Item[];
}

export function seededRandom(seed: string): SeededRandom {
  // Mulberry32: small, and good enough for choices.
  let state = createHash("sha256").update(seed).digest().readUInt32BE();
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (end: number): number => Math.floor(next() * end);
  const pick = <Item>(items: readonly Item[]): Item => {
    const item = items[below(items.length)];
    if (item === undefined) throw new Error("there is nothing to pick from");
    return item;
  };
  return {
    below,
    pick,
    some(items) {
      const chosen = items.filter(() => next() < 0.5);
      return chosen.length > 0 ? chosen : [pick(items)];
    },
  };
}
