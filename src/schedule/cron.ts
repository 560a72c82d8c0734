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
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Names of the values from `min` on. */
  readonly names: readonly string[];
}
const FIELDS: readonly Field[] = [
  { name: "minute", min: 0, max: 59, names: [] },
  { name: "hour", min: 0, max: 23, names: [] },
  { name: "day of the month", min: 1, max: 31, names: [] },
  {
    name: "month",
    min: 1,
    max: 12,
    names: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
  },
  // 7 is Sunday once more.
  { name: "weekday", min: 0, max: 7, names: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] },
];
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
  const words = text.trim().split(/\s+/);
  if (text.trim().startsWith("@")) return [nickname(text.trim())];
  const [minutes = [], hours = [], days = [], months = [], weekdays = []] = FIELDS.map((field, index) =>
    valuesOf(words[index] ?? "", field),
  );
  const time = `${list(hours, 0, 23)}:${list(minutes, 0, 59)}:00`;
  const month = list(months, 1, 12);
  const onDays = `*-${month}-${list(days, 1, 31)}`;
  const monday0 = [...new Set(weekdays.map((day) => (day + 6) % 7))].toSorted((a, b) => a - b);
  const onWeekdays = monday0.length === 7 ? "" : `${runs(monday0, (day) => FROM_MONDAY[day] ?? "").join(",")} `;
  // A field that begins with * restricts nothing in cron's eyes, whatever step follows: then both must hold.
  const isEither = !(words[2] ?? "").startsWith("*") && !(words[4] ?? "").startsWith("*");
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

function valuesOf(text: string, field: Field): readonly number[] {
  const values = text.split(",").flatMap((item) => {
    const [, from = "", to, step] = /^(\*|\w+)(?:-(\w+))?(?:\/(\d+))?$/.exec(item) ?? [];
    if (from === "" || (from === "*" && to !== undefined)) {
      throw new ScheduleProblem(`the ${field.name} "${item}" is not cron: write *, 5, 1-5, 1,3,5 or */2`);
    }
    const start = from === "*" ? field.min : valueOf(from, field);
    const end =
      from === "*" ? Math.min(field.max, field.name === "weekday" ? 6 : field.max) : valueOf(to ?? from, field);
    if (step !== undefined && from !== "*" && to === undefined) {
      throw new ScheduleProblem(`in cron a step follows * or a range: "${item}" has neither`);
    }
    if (end < start) throw new ScheduleProblem(`the ${field.name} "${item}" goes backwards`);
    const every = Number(step ?? 1);
    if (every === 0) throw new ScheduleProblem(`"${item}" repeats every 0`);
    return Array.from({ length: Math.floor((end - start) / every) + 1 }, (_, index) => start + index * every);
  });
  return [...new Set(values)].toSorted((a, b) => a - b);
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
function list(values: readonly number[], min: number, max: number): string {
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
