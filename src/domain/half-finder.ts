import { CUT_AFTER, CUT_BEFORE } from "./cut.ts";
import type { Span } from "./secret-finder.ts";

/** A shorter half tells nothing, and is found where there is none. */
const MIN_HALF = 3;

/**
 * Finds what cuts left of secrets: the longest first part before each cut, the longest last part behind one, and what stands between two.
 * @param values whole secrets and slices of long ones, none of them long.
 * @param whole all secrets as they are: what is between two cuts may be any part of them.
 */
export function halfFinder(values: readonly string[], whole: readonly string[]): (text: string) => readonly Span[] {
  // By three characters, so that a text full of cuts costs no more than its length.
  const byStart = Map.groupBy(values, (value) => value.slice(0, MIN_HALF));
  const byEnd = Map.groupBy(values, (value) => value.slice(-MIN_HALF));
  const longest = values.reduce((most, { length }) => Math.max(most, length), 0);
  const all = whole.join("\0");

  const before = (text: string, from: number, at: number): Span[] => {
    for (let start = Math.max(from, at - longest); start <= at - MIN_HALF; start++) {
      const half = text.slice(start, at);
      const isHalf = byStart.get(half.slice(0, MIN_HALF))?.some((value) => value.startsWith(half)) === true;
      if (isHalf) return [[start, at]];
    }
    return [];
  };
  const behind = (text: string, from: number, to: number): Span[] => {
    for (let end = Math.min(to, from + longest); end >= from + MIN_HALF; end--) {
      const half = text.slice(from, end);
      const isHalf = byEnd.get(half.slice(-MIN_HALF))?.some((value) => value.endsWith(half)) === true;
      if (isHalf) return [[from, end]];
    }
    return [];
  };
  return (text) => {
    const ends = placesOf(text, CUT_AFTER);
    const starts = placesOf(text, CUT_BEFORE).map((at) => at + CUT_BEFORE.length);
    // No half reaches beyond the cut before it, or the one behind it.
    const first = ends.flatMap((at, index) =>
      before(text, (ends[index - 1] ?? -CUT_AFTER.length) + CUT_AFTER.length, at),
    );
    const last = starts.flatMap((from, index) =>
      behind(text, from, (starts[index + 1] ?? text.length + CUT_BEFORE.length) - CUT_BEFORE.length),
    );
    return [...first, ...last, ...between(starts, ends).filter(([from, to]) => all.includes(text.slice(from, to)))];
  };
}

/** From each cut to the next one behind it. */
function between(starts: readonly number[], ends: readonly number[]): readonly Span[] {
  let next = 0;
  return starts.flatMap((from): Span[] => {
    while ((ends[next] ?? Infinity) < from) next++;
    const to = ends[next];
    return to === undefined || to - from < MIN_HALF ? [] : [[from, to]];
  });
}

function placesOf(text: string, what: string): readonly number[] {
  const places: number[] = [];
  for (let at = text.indexOf(what); at !== -1; at = text.indexOf(what, at + 1)) places.push(at);
  return places;
}
