import { CUT_AFTER, CUT_BEFORE } from "./cut.ts";

/** Shorter values would blank out half of every text, and guard nothing. */
const MIN_LENGTH = 4;
/** One line of several guards less, and is a word of its own more often. */
const MIN_LINE_LENGTH = 6;
/** A longer line of a secret may be cut where it is printed: its slices are looked for too. */
const LONG = 4_096;
const SLICE = 128;
/** A shorter half tells nothing, and is found where there is none. */
const MIN_HALF = 3;
const HIDDEN = "***";

/**
 * Makes a function that replaces every secret in a text by `***`: as it is, as programs print it in JSON and in URLs, and multi-line secrets line by
 * line. Longest first, so that none shows its rest. Where the text was cut (domain/cut.ts), what is left of a secret goes as well.
 */
export function redactor(secrets: readonly string[]): (text: string) => string {
  const parts = secrets
    .flatMap((secret) => [secret, ...secret.split(/\r?\n/).filter((line) => line.trim().length >= MIN_LINE_LENGTH)])
    .flatMap((part) => (part.trim().length < MIN_LENGTH ? [] : [...spellings(part), ...slices(part)]));
  const values = [...new Set(parts)].toSorted((a, b) => b.length - a.length);
  if (values.length === 0) return (text) => text;
  return (text) =>
    text.includes(CUT_AFTER) || text.includes(CUT_BEFORE)
      ? withoutSpans(text, [...spansOf(text, values), ...halvesAt(text, values)])
      : values.reduce((rest, value) => (rest.includes(value) ? rest.replaceAll(value, HIDDEN) : rest), text);
}

function spellings(part: string): readonly string[] {
  const inUrl = part.isWellFormed() ? [encodeURIComponent(part)] : [];
  return [part, JSON.stringify(part).slice(1, -1), ...inUrl];
}

function slices(part: string): readonly string[] {
  if (part.length <= LONG) return [];
  return Array.from({ length: Math.ceil(part.length / SLICE) }, (_, index) =>
    part.slice(index * SLICE, (index + 1) * SLICE),
  ).filter((slice) => slice.length >= MIN_LENGTH);
}

/** From where to where (exclusive) something is to be hidden. */
type Span = readonly [number, number];

function spansOf(text: string, values: readonly string[]): readonly Span[] {
  return values.flatMap((value) => placesOf(text, value).map((at): Span => [at, at + value.length]));
}

/** The longest first half of a secret before each cut, the longest second half behind one. */
function halvesAt(text: string, values: readonly string[]): readonly Span[] {
  // Of longer ones there are slices.
  const short = values.filter((value) => value.length <= LONG);
  const longest = (isThere: (value: string, length: number) => boolean): number =>
    Math.max(0, ...short.map((value) => lengthOf(value, isThere)));
  const before = placesOf(text, CUT_AFTER).map((at): Span => {
    const length = longest((value, size) => text.slice(Math.max(0, at - size), at) === value.slice(0, size));
    return [at - length, at];
  });
  const behind = placesOf(text, CUT_BEFORE).map((at): Span => {
    const from = at + CUT_BEFORE.length;
    return [from, from + longest((value, size) => text.startsWith(value.slice(-size), from))];
  });
  return [...before, ...behind].filter(([from, to]) => to > from);
}

function lengthOf(value: string, isThere: (value: string, length: number) => boolean): number {
  for (let length = value.length; length >= MIN_HALF; length--) if (isThere(value, length)) return length;
  return 0;
}

function placesOf(text: string, what: string): readonly number[] {
  const places: number[] = [];
  for (let at = text.indexOf(what); at !== -1; at = text.indexOf(what, at + 1)) places.push(at);
  return places;
}

/** Spans that touch or overlap are hidden as one. */
function withoutSpans(text: string, spans: readonly Span[]): string {
  let shown = "";
  let end = 0;
  for (const [from, to] of spans.toSorted(([a], [b]) => a - b)) {
    if (from > end || (from === end && end === 0)) shown += text.slice(end, from) + HIDDEN;
    end = Math.max(end, to);
  }
  return shown + text.slice(end);
}
