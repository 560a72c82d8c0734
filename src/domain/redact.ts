import { CUT_AFTER, CUT_BEFORE } from "./cut.ts";
import { halfFinder, placesOf } from "./half-finder.ts";
import type { Span } from "./half-finder.ts";

/** Shorter values would blank out half of every text, and guard nothing. */
const MIN_LENGTH = 4;
/** One line of several guards less, and is a word of its own more often. */
const MIN_LINE_LENGTH = 6;
/** Of a longer one there are slices, as several cuts may leave any part of it. Slices have at most that many characters too. */
const LONG = 256;
const SLICE = 128;
const HIDDEN = "***";

/**
 * Makes a function that replaces every secret in a text by `***`: as it is, as programs print it in JSON and in URLs, and multi-line secrets line by
 * line. Longest first, so that none shows its rest. Where the text was cut (domain/cut.ts), what is left of a secret goes as well.
 */
export function redactor(secrets: readonly string[]): (text: string) => string {
  const whole = secrets
    .flatMap((secret) => [secret, ...secret.split(/\r?\n/).filter((line) => line.trim().length >= MIN_LINE_LENGTH)])
    .flatMap((part) => (part.trim().length < MIN_LENGTH ? [] : spellings(part)));
  const values = [...new Set([...whole, ...whole.flatMap(slices)])].toSorted((a, b) => b.length - a.length);
  if (values.length === 0) return (text) => text;
  let halves: ((text: string) => readonly Span[]) | undefined;
  return (text) => {
    if (!text.includes(CUT_AFTER) && !text.includes(CUT_BEFORE))
      return values.reduce((rest, value) => (rest.includes(value) ? rest.replaceAll(value, HIDDEN) : rest), text);
    // Most texts are whole: only the first that is not pays for the index.
    halves ??= halfFinder(
      values.filter((value) => value.length <= LONG),
      whole,
    );
    return withoutSpans(text, [...spansOf(text, values), ...halves(text)]);
  };
}

function spellings(part: string): readonly string[] {
  const inUrl = part.isWellFormed() ? [encodeURIComponent(part)] : [];
  return [part, JSON.stringify(part).slice(1, -1), ...inUrl];
}

/** The last one is longer by what is left: a few characters by themselves would be found everywhere. */
function slices(part: string): readonly string[] {
  if (part.length <= LONG) return [];
  const count = Math.floor(part.length / SLICE);
  return Array.from({ length: count }, (_, index) =>
    part.slice(index * SLICE, index === count - 1 ? undefined : (index + 1) * SLICE),
  );
}

function spansOf(text: string, values: readonly string[]): readonly Span[] {
  return values.flatMap((value) => placesOf(text, value).map((at): Span => [at, at + value.length]));
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
