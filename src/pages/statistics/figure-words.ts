import { durationInWords } from "../../domain/duration-in-words.ts";
import { tookInWords } from "../../domain/time-words.ts";

/** A figure for which there is nothing to compute it from. */
const NONE = "–";

/** `97.2 %`. */
export function share(value: number | null): string {
  return value === null ? NONE : `${(100 * value).toFixed(1)} %`;
}

/** How long a deployment or a phase took. */
export function took(ms: number | null): string {
  return ms === null ? NONE : tookInWords(ms);
}

/** A stretch of time between two events, for which the largest unit is enough. */
export function span(ms: number | null): string {
  return ms === null ? NONE : durationInWords(ms);
}
