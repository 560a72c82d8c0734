import { median } from "./statistics.ts";

/** What became of a figure between two revisions that were measured in turns. */
export interface Comparison {
  /** The medians of all rounds. */
  readonly before: number;
  readonly after: number;
  /** The median of the ratios of the rounds: both sides of a ratio were measured one after the other. */
  readonly ratio: number;
  /** How far a revision differs from itself, as a part of its value. */
  readonly noise: number;
  /** How likely it is that so many rounds differ in one direction by chance. */
  readonly chance: number;
  readonly verdict: "less" | "more" | "noise";
}

/** Rounds below this number cannot exceed the noise: six coins that fall alike are chance in one of 32 cases. */
export const FEWEST_ROUNDS = 6;
const LIKELY = 0.05;
/** A smaller difference would not be felt. */
const SMALLEST = 0.01;

/**
 * Pure: whether two revisions differ by more than the noise. Noise is how far a revision differs from itself from one round to the next (the median of these differences). A
 * difference exceeds it if it is larger than that, larger than one hundredth, and if so many rounds agree on its direction that chance explains it in less than one of 20 cases
 * (the sign test).
 */
export function compare(before: readonly number[], after: readonly number[]): Comparison {
  const rounds = Math.min(before.length, after.length);
  const pairs = Array.from({ length: rounds }, (_, round) => [before[round] ?? 0, after[round] ?? 0] as const);
  const ratio = median(pairs.map(([old, now]) => ratioOf(old, now)));
  const noise = Math.max(ownNoise(before), ownNoise(after));
  const chance = signTest(
    pairs.filter(([old, now]) => now > old).length,
    pairs.filter(([old, now]) => now < old).length,
  );
  const isReal = chance < LIKELY && Math.abs(ratio - 1) > Math.max(noise, SMALLEST);
  const verdict = isReal ? (ratio < 1 ? "less" : "more") : "noise";
  return { before: median(before), after: median(after), ratio, noise, chance, verdict };
}

function ratioOf(old: number, now: number): number {
  if (old === now) return 1;
  return old === 0 ? Number.POSITIVE_INFINITY : now / old;
}

function ownNoise(rounds: readonly number[]): number {
  const steps = rounds.slice(1).map((value, index) => Math.abs(value - (rounds[index] ?? value)));
  const middle = median(rounds);
  return steps.length === 0 || middle === 0 ? 0 : median(steps) / Math.abs(middle);
}

/** The chance that coins fall at least as unevenly, in either direction. */
function signTest(heads: number, tails: number): number {
  const thrown = heads + tails;
  if (thrown === 0) return 1;
  let sum = 0;
  let ways = 1;
  for (let few = 0; few <= Math.min(heads, tails); few++) {
    sum += ways;
    ways = (ways * (thrown - few)) / (few + 1);
  }
  return Math.min(1, (2 * sum) / 2 ** thrown);
}
