import { checkCalendar } from "./calendar.ts";
import { ScheduleProblem } from "./schedule-problem.ts";

/** The special words of crontab(5), in systemd's words. */
const NICKNAMES: Readonly<Record<string, string>> = {
  "@yearly": "*-01-01 00:00:00",
  "@annually": "*-01-01 00:00:00",
  "@monthly": "*-*-01 00:00:00",
  "@weekly": "Sun *-*-* 00:00:00",
  "@daily": "*-*-* 00:00:00",
  "@midnight": "*-*-* 00:00:00",
  "@hourly": "*-*-* *:00:00",
};

interface Field {
  /** Its place in the line. */
  readonly place: number;
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Names of the values from `min` on. */
  readonly names: readonly string[];
  /** The last value is another name of the first one: 7 is Sunday once more. */
  readonly comesRound?: true;
}
const MINUTE: Field = { place: 0, name: "minute", min: 0, max: 59, names: [] };
const HOUR: Field = { place: 1, name: "hour", min: 0, max: 23, names: [] };
const DAY: Field = { place: 2, name: "day of the month", min: 1, max: 31, names: [] };
const MONTH: Field = {
  place: 3,
  name: "month",
  min: 1,
  max: 12,
  names: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
};
const WEEKDAY: Field = {
  place: 4,
  name: "weekday",
  min: 0,
  max: 7,
  names: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"],
  comesRound: true,
};
const FROM_MONDAY = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/** Five fields, or a word with @: a calendar expression never looks like that. */
export function isCron(text: string): boolean {
  return text.trim().startsWith("@") || text.trim().split(/\s+/).length === 5;
}

/**
 * Says a cron expression in the words of `OnCalendar=`, exactly: cron's "day of the month *or* weekday" becomes two lines.
 * @throws ScheduleProblem
 */
export function calendarOfCron(text: string): readonly string[] {
  if (text.trim().startsWith("@")) return [nickname(text.trim())];
  const words = text.trim().split(/\s+/);
  const [minutes, hours, days] = [valuesOf(words, MINUTE), valuesOf(words, HOUR), valuesOf(words, DAY)];
  const [months, weekdays] = [valuesOf(words, MONTH), valuesOf(words, WEEKDAY)];
  const time = `${list(hours, HOUR)}:${list(minutes, MINUTE)}:00`;
  const month = list(months, MONTH);
  const onDays = `*-${month}-${list(days, DAY)}`;
  const monday0 = [...new Set(weekdays.map((day) => (day + 6) % 7))].toSorted((a, b) => a - b);
  const onWeekdays = monday0.length === 7 ? "" : `${runs(monday0, (day) => FROM_MONDAY[day] ?? "").join(",")} `;
  const isEither = isRestricted(words, DAY) && isRestricted(words, WEEKDAY);
  const lines = isEither
    ? [`${onDays} ${time}`, `${onWeekdays}*-${month}-* ${time}`]
    : [`${onWeekdays}${onDays} ${time}`];
  const possible = lines.filter((line) => comes(line));
  if (possible.length === 0) checkCalendar(lines[0] ?? "");
  return possible;
}

function comes(line: string): boolean {
  try {
    checkCalendar(line);
    return true;
  } catch (error) {
    if (error instanceof ScheduleProblem) return false;
    throw error;
  }
}

function nickname(word: string): string {
  const known = Object.hasOwn(NICKNAMES, word.toLowerCase()) ? NICKNAMES[word.toLowerCase()] : undefined;
  if (known !== undefined) return known;
  throw new ScheduleProblem(
    word.toLowerCase() === "@reboot"
      ? "@reboot is no time: a service that starts with the machine is enabled, not scheduled"
      : `"${word}" is none of ${Object.keys(NICKNAMES).join(", ")}`,
  );
}

/** A field that begins with * restricts nothing in cron's eyes, whatever step follows. If either day field restricts nothing, both must hold. */
function isRestricted(words: readonly string[], { place }: Field): boolean {
  return words[place]?.startsWith("*") !== true;
}

function valuesOf(words: readonly string[], field: Field): readonly number[] {
  const values = (words[field.place] ?? "").split(",").flatMap((item) => valuesOfItem(item, field));
  return [...new Set(values)].toSorted((a, b) => a - b);
}

/** The values of one item of a list: `*`, `5`, `1-5`, `1-5/2`. */
function valuesOfItem(text: string, field: Field): readonly number[] {
  const { from, to, step } = itemOf(text, field);
  const [start, end] = from === "*" ? wholeOf(field) : [valueOf(from, field), valueOf(to ?? from, field)];
  if (step !== undefined && from !== "*" && to === undefined) {
    throw new ScheduleProblem(`in cron a step follows * or a range: "${text}" has neither`);
  }
  if (end < start) throw new ScheduleProblem(`the ${field.name} "${text}" goes backwards`);
  const every = Number(step ?? 1);
  if (every === 0) throw new ScheduleProblem(`"${text}" repeats every 0`);
  return Array.from({ length: Math.floor((end - start) / every) + 1 }, (_, index) => start + index * every);
}

interface Item {
  readonly from: string;
  readonly to: string | undefined;
  readonly step: string | undefined;
}

function itemOf(text: string, { name }: Field): Item {
  const [, from = "", to, step] = /^(\*|\w+)(?:-(\w+))?(?:\/(\d+))?$/.exec(text) ?? [];
  if (from === "" || (from === "*" && to !== undefined)) {
    throw new ScheduleProblem(`the ${name} "${text}" is not cron: write *, 5, 1-5, 1,3,5 or */2`);
  }
  return { from, to, step };
}

/** The first and the last value of `*`. */
function wholeOf({ min, max, comesRound }: Field): readonly [number, number] {
  return [min, comesRound === true ? max - 1 : max];
}

function valueOf(word: string, { name, min, max, names }: Field): number {
  const named = names.indexOf(word.toLowerCase());
  if (named >= 0) return min + named;
  const value = Number(word);
  if (!/^\d+$/.test(word) || value < min || value > max) {
    throw new ScheduleProblem(
      `"${word}" is no ${name}: ${min} to ${max}${names.length > 0 ? `, or ${names[0]} …` : ""}`,
    );
  }
  return value;
}

/** `*` for all of them, else a list with runs as ranges. */
function list(values: readonly number[], { min, max }: Field): string {
  if (values.length === max - min + 1) return "*";
  return runs(values, (value) => String(value).padStart(2, "0")).join(",");
}

function runs(sorted: readonly number[], word: (value: number) => string): readonly string[] {
  const all: number[][] = [];
  for (const value of sorted) {
    const last = all.at(-1);
    if (last !== undefined && last.at(-1) === value - 1) last.push(value);
    else all.push([value]);
  }
  return all.flatMap((run) => (run.length < 3 ? run.map(word) : [`${word(run[0] ?? 0)}..${word(run.at(-1) ?? 0)}`]));
}
