import { ScheduleProblem } from "./schedule-problem.ts";

/** The words systemd.time(7) has for whole expressions. */
const WORDS: ReadonlySet<string> = new Set([
  "minutely",
  "hourly",
  "daily",
  "weekly",
  "monthly",
  "quarterly",
  "semiannually",
  "semi-annually",
  "biannually",
  "bi-annually",
  "yearly",
  "annually",
]);

/** Monday first, as systemd counts them. */
const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;
const LONGEST_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

interface Part {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly fraction?: true;
  readonly repeats?: "down";
}
const YEAR: Part = { name: "year", min: 1970, max: 2199 };
const MONTH: Part = { name: "month", min: 1, max: 12 };
const DAY: Part = { name: "day", min: 1, max: 31 };
/** `~03` is the third last day. Every month has 28 of those, systemd counts no further, and repeats towards the end. */
const DAY_FROM_END: Part = { name: "day before the end of the month", min: 1, max: 28, repeats: "down" };
const HOUR: Part = { name: "hour", min: 0, max: 23 };
const MINUTE: Part = { name: "minute", min: 0, max: 59 };
const SECOND: Part = { name: "second", min: 0, max: 59.999_999, fraction: true };

/** A part of an expression: `Mon..Fri`, `*-*-01` or `02:00`. */
interface PartOfExpression {
  /** Whether a word that stands here is this part. If not, the expression goes on without it. */
  isMeantBy(word: string): boolean;
  /** @throws ScheduleProblem */
  check(word: string): void;
}

/** The parts in their order. */
const PARTS: readonly PartOfExpression[] = [
  { isMeantBy: beginsWithLetter, check: checkWeekdays },
  { isMeantBy: (word) => !word.includes(":"), check: checkDate },
  { isMeantBy: () => true, check: checkTime },
];

/**
 * Checks an expression for `OnCalendar=` as systemd.time(7) has it: `Mon..Fri *-*-* 02:00 Europe/Berlin`. Stricter than systemd where
 * systemd would take a text that can only be a slip: a comma at the end, a day that no month has. @throws ScheduleProblem
 */
export function checkCalendar(text: string): void {
  const words = wordsOf(text);
  if (words.length > 1 && isZone(words.at(-1) ?? "")) words.pop();
  const [first = "", ...more] = words;
  if (WORDS.has(first.toLowerCase())) {
    if (more.length > 0) throw new ScheduleProblem(`"${first}" says it all: "${more.join(" ")}" after it is too much`);
    return;
  }
  for (const { isMeantBy, check } of PARTS) {
    const [word] = words;
    if (word === undefined || !isMeantBy(word)) continue;
    words.shift();
    check(word);
  }
  refuseRest(words);
}

function wordsOf(text: string): string[] {
  if (text.trim() === "") throw new ScheduleProblem("it is empty");
  const odd = /[^\x20-\x7e]/.exec(text)?.[0];
  if (odd !== undefined) throw new ScheduleProblem(`it holds the character ${JSON.stringify(odd)}`);
  return text.trim().split(/ +/);
}

/** @throws ScheduleProblem if words are left behind the last part. */
function refuseRest(words: readonly string[]): void {
  const [word] = words;
  if (word === undefined) return;
  throw new ScheduleProblem(
    beginsWithLetter(word)
      ? `"${word}" is no time zone that is known here`
      : `"${words.join(" ")}" is too much: an expression is [weekday] [date] [time] [time zone]`,
  );
}

function beginsWithLetter(word: string): boolean {
  return /^[a-z]/i.test(word);
}

function isZone(word: string): boolean {
  if (word === "UTC") return true;
  // Weekdays and words are no zones; offsets (+01:00) are none for systemd.
  if (!/^[A-Z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/.test(word)) return false;
  try {
    return Intl.DateTimeFormat("en", { timeZone: word }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

function checkWeekdays(list: string): void {
  for (const item of list.split(",")) {
    if (item === "") throw new ScheduleProblem(`"${list}" has a comma too many`);
    const [from = "", to, more] = item.split(/\.\.|-/);
    if (more !== undefined) throw new ScheduleProblem(`"${item}" is no range of weekdays: write Mon..Fri`);
    const [start, end] = [weekday(from), weekday(to ?? from)];
    if (start > end) {
      throw new ScheduleProblem(`"${item}" goes backwards, as weeks begin on Monday: write a list, ${from},…,${to}`);
    }
  }
}

function weekday(name: string): number {
  const index = WEEKDAYS.findIndex((day) => [day, day.slice(0, 3)].includes(name.toLowerCase()));
  if (index < 0) throw new ScheduleProblem(`"${name}" is no weekday (Mon … Sun), and no word like daily or weekly`);
  return index;
}

function checkDate(date: string): void {
  const [, front = date, fromEnd] = /^([^~]*)~(.*)$/.exec(date) ?? [];
  const parts = front.split("-");
  const day = fromEnd ?? (parts.length >= 2 ? parts.pop() : undefined);
  const month = parts.pop();
  const year = parts.pop();
  if (day === undefined || month === undefined || parts.length > 0) {
    throw new ScheduleProblem(`"${date}" is neither a date (*-*-01) nor a time (02:00)`);
  }
  if (year !== undefined && !/^\d{2}$/.test(year)) values(year, YEAR);
  const months = values(month, MONTH);
  const days = values(day, fromEnd === undefined ? DAY : DAY_FROM_END);
  const longest = Math.max(...months.map((each) => LONGEST_MONTH[each - 1] ?? 31));
  if (Math.min(...days) > longest) throw new ScheduleProblem(`"${date}" never comes: that month is too short`);
}

function checkTime(time: string): void {
  const [hour = "", minute, second, more] = time.split(":");
  if (minute === undefined || more !== undefined) {
    throw new ScheduleProblem(`"${time}" is no time: write 02:00 or 02:00:30`);
  }
  values(hour, HOUR);
  values(minute, MINUTE);
  if (second !== undefined) values(second, SECOND);
}

/** The values that one part names: `*`, `5`, `1..5`, `0/15`, `1..31/2`, and lists of these. */
function values(text: string, part: Part): readonly number[] {
  if (text === "*") return range(part.min, part.max, 1);
  return text.split(",").flatMap((item) => valuesOfItem(item, part));
}

/** The values of one item of a list. */
function valuesOfItem(text: string, part: Part): readonly number[] {
  const { start, end, step } = itemOf(text, part);
  if (step === undefined) return range(start, end ?? start, 1);
  if (step === 0) throw new ScheduleProblem(`"${text}" repeats every 0`);
  if (end === undefined) {
    const next = part.repeats === "down" ? start - step : start + step;
    if (!isWithin(part, next)) {
      throw new ScheduleProblem(`"${text}" never repeats: the next ${part.name} would be ${next}`);
    }
  }
  return range(start, end ?? part.max, step);
}

interface Item {
  readonly start: number;
  readonly end: number | undefined;
  readonly step: number | undefined;
}

/** Reads `5`, `1..5`, `0/15` or `1..31/2`. Start and end are values of the part, in this order. */
function itemOf(text: string, part: Part): Item {
  const number = part.fraction === true ? String.raw`\d+(?:\.\d+)?` : String.raw`\d+`;
  const found = new RegExp(`^(${number})(?:\\.\\.(${number}))?(?:/(${number}))?$`).exec(text);
  if (found === null) {
    throw new ScheduleProblem(
      text.startsWith("*/")
        ? `"${text}" is cron's way: write ${part.min}/${text.slice(2)}`
        : `"${text}" is no ${part.name}: write *, 5, 1..5, 1,3,5 or ${part.min}/2`,
    );
  }
  const [start = 0, end, step] = found.slice(1).map((digits) => (digits === undefined ? undefined : Number(digits)));
  for (const value of [start, end]) {
    if (value !== undefined && !isWithin(part, value)) {
      throw new ScheduleProblem(`the ${part.name} ${value} is not between ${part.min} and ${Math.floor(part.max)}`);
    }
  }
  if (end !== undefined && end < start) throw new ScheduleProblem(`the ${part.name} "${text}" goes backwards`);
  return { start, end, step };
}

function isWithin({ min, max }: Part, value: number): boolean {
  return value >= min && value <= max;
}

function range(from: number, to: number, step: number): number[] {
  const all: number[] = [];
  for (let value = from; value <= to; value += Math.max(1, step)) all.push(value);
  return all;
}
