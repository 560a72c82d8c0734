import { harmless } from "../../domain/harmless.ts";

/** A longer body is cut on the page. */
const MAX_SHOWN = 64 * 1024;
/** A larger body is not read as JSON: nobody looks through it on a page. */
const MAX_READ = 1024 * 1024;

/** The body of a delivery as a person reads it: JSON on several lines, anything else as it is. Pure. */
export function readableBody(body: string): { readonly text: string; readonly hidden: number } {
  const whole = pretty(body);
  const text = whole.slice(0, MAX_SHOWN).split("\n").map(harmless).join("\n");
  return { text, hidden: Math.max(0, whole.length - MAX_SHOWN) };
}

function pretty(body: string): string {
  if (body.length > MAX_READ) return body;
  const form = /^payload=(.*)$/s.exec(body)?.[1];
  try {
    const json = form === undefined ? body : decodeURIComponent(form.replaceAll("+", " "));
    return JSON.stringify(JSON.parse(json), undefined, 2);
  } catch {
    // It is no JSON.
    return body;
  }
}

/** The headers of a delivery, by their names. Pure. */
export function shownHeaders(headers: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  return Object.entries(headers)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => [harmless(name), harmless(value)] as const);
}
