import { UsageError } from "../../domain/errors.ts";
import { harmless } from "../../domain/harmless.ts";

const DAY_MS = 86_400_000;
const MOST_DAYS = 36_500;

/** How many days `--since` goes back, today included: a day as `2026-11-01`, or a number of days as `14d`. @throws UsageError */
export function daysSince(text: string, now: Date): number {
  const wrong = new UsageError(
    `--since is "${harmless(text)}": a day as 2026-11-01, not in the future, or days as 14d`,
  );
  const short = /^(\d{1,5})d$/.exec(text)?.[1];
  if (short !== undefined && Number(short) >= 1 && Number(short) <= MOST_DAYS) return Number(short);
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) throw wrong;
  const first = Date.parse(text);
  const today = Date.parse(now.toISOString().slice(0, 10));
  const days = (today - first) / DAY_MS + 1;
  if (Number.isInteger(days) && days >= 1 && days <= MOST_DAYS) return days;
  throw wrong;
}

/** The first day of `--since`, in UTC, as `2026-11-01`. @throws UsageError */
export function firstDay(text: string, now: Date): string {
  return new Date(now.getTime() - (daysSince(text, now) - 1) * DAY_MS).toISOString().slice(0, 10);
}

/** `--days`, 1 to 36,500. @throws UsageError */
export function daysOf(text: string): number {
  const days = Number(text);
  if (Number.isInteger(days) && days >= 1 && days <= MOST_DAYS) return days;
  throw new UsageError(`--days is "${text}": a whole number from 1 to 36500`);
}
