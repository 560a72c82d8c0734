import { CUT_AFTER, CUT_BEFORE } from "./cut.ts";
import { halfFinder } from "./half-finder.ts";
import { secretFinder } from "./secret-finder.ts";
import type { Span } from "./secret-finder.ts";
import { secretParts } from "./secret-parts.ts";
import { spellings } from "./secret-spellings.ts";

/** Several cuts may leave any part of a secret that is longer than this: it is looked for in slices, too, each of this many characters at most. */
const LONG = 256;
const SLICE = 128;
const HIDDEN = "***";
/** A line of nothing but base64. Programs break it after 64 or 76 characters, in the midst of a secret, too. */
const BASE64_LINE = /^[\w+/-]{8,}={0,2}$/gm;
/** Fewer characters of base64 tell five bytes at most, and stand in many lines by chance. */
const MIN_BROKEN = 8;

/**
 * Makes a function that replaces every secret in a text by `***`: the whole and the parts that matter (domain/secret-parts.ts), in every way in which
 * programs print them (domain/secret-spellings.ts). If the text was cut (domain/cut.ts), what is left of a secret at the cut goes as well.
 * docs/security.md says what it cannot find.
 */
export function redactor(secrets: readonly string[]): (text: string) => string {
  let prepared: ((text: string) => string) | undefined;
  return (text) => {
    // Many commands make a redactor and never print a text that needs it.
    prepared ??= prepare(secrets);
    return prepared(text);
  };
}

function prepare(secrets: readonly string[]): (text: string) => string {
  const whole = [...new Set(secrets.flatMap(secretParts).flatMap(spellings))];
  const values = [...new Set([...whole, ...whole.flatMap(slices)])];
  if (values.length === 0) return (text) => text;
  const find = secretFinder(values);
  let halves: ((text: string) => readonly Span[]) | undefined;
  return (text) => {
    const isCut = text.includes(CUT_AFTER) || text.includes(CUT_BEFORE);
    const lines = [...text.matchAll(BASE64_LINE)];
    if (!isCut && lines.length === 0) return withoutSpans(text, find(text));
    // Most texts are whole: only the first that is not pays for the index.
    halves ??= halfFinder(
      values.filter((value) => value.length <= LONG),
      whole,
    );
    return withoutSpans(text, [...find(text), ...(isCut ? halves(text) : []), ...brokenIn(lines, halves)]);
  };
}

/** The parts of secrets at the ends of lines of base64: `env | base64` is broken anywhere. */
function brokenIn(lines: readonly RegExpExecArray[], halves: (text: string) => readonly Span[]): readonly Span[] {
  return lines.flatMap(({ 0: line, index }) =>
    halves(`${CUT_BEFORE}${line}${CUT_AFTER}`)
      .filter(([from, to]) => to - from >= MIN_BROKEN)
      .map(([from, to]): Span => [from + index - CUT_BEFORE.length, to + index - CUT_BEFORE.length]),
  );
}

/** The last slice is longer by what is left: a few characters by themselves would be found everywhere. */
function slices(part: string): readonly string[] {
  if (part.length <= LONG) return [];
  const count = Math.floor(part.length / SLICE);
  return Array.from({ length: count }, (_, index) =>
    part.slice(index * SLICE, index === count - 1 ? undefined : (index + 1) * SLICE),
  );
}

/** Spans that overlap, or of which one ends where the next begins, are hidden as one. */
function withoutSpans(text: string, spans: readonly Span[]): string {
  if (spans.length === 0) return text;
  let shown = "";
  let end = 0;
  for (const [from, to] of spans.toSorted(([a], [b]) => a - b)) {
    if (from > end || (from === end && end === 0)) shown += text.slice(end, from) + HIDDEN;
    end = Math.max(end, to);
  }
  return shown + text.slice(end);
}
