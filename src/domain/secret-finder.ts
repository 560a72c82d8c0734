/** From where to where (exclusive) something is to be hidden. */
export type Span = readonly [number, number];

/** All values that are looked for have at least this many characters. */
const PREFIX = 4;
const SLOTS = 1 << 16;

/**
 * Finds all of many values in one pass over a text. A table says for each place whether any value could begin there, so that a text without secrets costs
 * little more than its length.
 * @param values each at least four characters long.
 * @returns for a text, the longest value at each place where one begins; the spans may overlap.
 */
export function secretFinder(values: readonly string[]): (text: string) => readonly Span[] {
  const byPrefix = Map.groupBy(
    values.toSorted((a, b) => b.length - a.length),
    (value) => value.slice(0, PREFIX),
  );
  const slots = new Uint8Array(SLOTS);
  for (const prefix of byPrefix.keys()) slots[slotOf(prefix, 0)] = 1;
  return (text) => {
    const spans: Span[] = [];
    for (let at = 0; at + PREFIX <= text.length; at++) {
      if (slots[slotOf(text, at)] !== 1) continue;
      const value = byPrefix.get(text.slice(at, at + PREFIX))?.find((each) => text.startsWith(each, at));
      if (value !== undefined) spans.push([at, at + value.length]);
    }
    return spans;
  };
}

function slotOf(text: string, at: number): number {
  return (
    (text.charCodeAt(at) ^
      (text.charCodeAt(at + 1) << 4) ^
      (text.charCodeAt(at + 2) << 8) ^
      (text.charCodeAt(at + 3) * 0x9e5)) &
    (SLOTS - 1)
  );
}
