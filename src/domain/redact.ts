/** Shorter values would blank out half of every text, and guard nothing. */
const MIN_LENGTH = 4;
/** A longer line of a secret may be cut where it is printed: its slices are looked for too. */
const LONG = 4_096;
const SLICE = 128;

/**
 * Makes a function that replaces every secret in a text by `***`: as it is, as programs print it in JSON and in URLs, and multi-line secrets line by
 * line. Longest first, so that none shows its rest.
 */
export function redactor(secrets: readonly string[]): (text: string) => string {
  const parts = secrets
    .flatMap((secret) => [secret, ...secret.split(/\r?\n/)])
    .flatMap((part) => (part.trim().length < MIN_LENGTH ? [] : [...spellings(part), ...slices(part)]));
  const values = [...new Set(parts)].toSorted((a, b) => b.length - a.length);
  if (values.length === 0) return (text) => text;
  return (text) => values.reduce((rest, value) => (rest.includes(value) ? rest.replaceAll(value, "***") : rest), text);
}

function spellings(part: string): readonly string[] {
  const inUrl = part.isWellFormed() ? [encodeURIComponent(part)] : [];
  return [part, JSON.stringify(part).slice(1, -1), ...inUrl];
}

function slices(part: string): readonly string[] {
  if (part.length <= LONG) return [];
  return Array.from({ length: Math.floor(part.length / SLICE) }, (_, index) =>
    part.slice(index * SLICE, (index + 1) * SLICE),
  );
}
