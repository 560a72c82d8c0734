import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { readSchedule } from "../../src/schedule/schedule.ts";

const calendar = (text: string): unknown => readSchedule(text);
const problem = (text: string): string => {
  const reading = readSchedule(text);
  return "problem" in reading ? reading.problem : `accepted: ${reading.calendar.join("; ")}`;
};

const hasSystemd = ((): boolean => {
  try {
    execFileSync("systemd-analyze", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

const CALENDARS = [
  "*-*-* 02:00",
  "Mon *-*-* 08:00",
  "Mon..Fri *-*-* 9..17:00,30",
  "Sat,Sun 10:00",
  "monday",
  "Mon-Fri",
  "daily",
  "Weekly",
  "semiannually",
  "daily Europe/Berlin",
  "*:0/15",
  "*-*-1..31/2 04:00:30.5",
  "*-01,07-01",
  "05-05 12:00 UTC",
  "*-*~07/1",
  "*-02~03 00:00",
  "99-05-05",
  "*-*-* *:*:0/0.5",
] as const;

const NONSENSE: readonly (readonly [string, RegExp])[] = [
  ["", /empty/],
  ["every day", /"every" is no weekday/],
  ["*-*-* 25:00", /hour 25 is not between 0 and 23/],
  ["*-*-* 02:60", /minute 60/],
  ["*-*-* 02", /"02" is no time: write 02:00/],
  ["02", /neither a date/],
  ["*-13-01", /month 13/],
  ["*-02-30", /never comes/],
  ["*-*-32", /day 32/],
  ["*:*/15", /cron's way: write 0\/15/],
  ["Fri..Mon 10:00", /goes backwards/],
  ["Mon, 10:00", /a comma too many/],
  ["Mon Tue 10:00", /neither a date/],
  ["10..8:00", /goes backwards/],
  ["*:0/0", /every 0/],
  ["*-*-5/40", /never repeats/],
  ["*-*-* 02:00 Nowhere/Land", /no time zone/],
  ["*-*-* 02:00 +01:00", /too much/],
  ["weekly 02:00", /says it all/],
  ["*-*-* 02:00 UTC UTC", /no time zone|too much/],
  ["*-*-* 02:00\nUser=root", /holds the character/],
  ["*-*-*\t02:00", /holds the character/],
];

const CRONS: readonly (readonly [string, readonly string[]])[] = [
  ["0 2 * * *", ["*-*-* 02:00:00"]],
  ["*/15 * * * *", ["*-*-* *:00,15,30,45:00"]],
  ["0-30/10 9-17 * * mon-fri", ["Mon..Fri *-*-* 09..17:00,10,20,30:00"]],
  ["5 4 * * sun", ["Sun *-*-* 04:05:00"]],
  ["5 4 * * 7", ["Sun *-*-* 04:05:00"]],
  ["5 4 * * 0,6", ["Sat,Sun *-*-* 04:05:00"]],
  ["5 4 * * 5-7", ["Fri..Sun *-*-* 04:05:00"]],
  ["0 0 1 jan,JUL *", ["*-01,07-01 00:00:00"]],
  // cron's OR: the 13th, and every Friday.
  ["0 0 13 * 5", ["*-*-13 00:00:00", "Fri *-*-* 00:00:00"]],
  ["0 0 31 2 1", ["Mon *-02-* 00:00:00"]],
  // A field that begins with * restricts nothing in cron's eyes: both must hold.
  ["0 0 */2 * 1", ["Mon *-*-01,03,05,07,09,11,13,15,17,19,21,23,25,27,29,31 00:00:00"]],
  ["@daily", ["*-*-* 00:00:00"]],
  ["@Weekly", ["Sun *-*-* 00:00:00"]],
  ["@hourly", ["*-*-* *:00:00"]],
];

const BAD_CRONS: readonly (readonly [string, RegExp])[] = [
  ["60 * * * *", /"60" is no minute: 0 to 59/],
  ["* 24 * * *", /hour/],
  ["* * 0 * *", /day of the month/],
  ["* * * 13 *", /month/],
  ["* * * * 8", /weekday/],
  ["* * * * mun", /"mun" is no weekday/],
  ["5/15 * * * *", /step follows \* or a range/],
  ["0 0 L * *", /"L" is no day of the month/],
  ["H 0 * * *", /"H" is no minute/],
  ["0 0 * * 5#2", /the weekday "5#2" is not cron/],
  ["*/0 * * * *", /every 0/],
  ["10-5 * * * *", /backwards/],
  ["1,, * * * *", /not cron/],
  ["0 0 30 2 *", /never comes/],
  ["@reboot", /no time/],
  ["@fortnightly", /none of @yearly/],
];

describe("schedules", () => {
  it.each(CALENDARS)("takes %s as it is", (text) => expect(calendar(text)).toEqual({ calendar: [text] }));
  it.each(NONSENSE)("refuses %j", (text, why) => expect(problem(text)).toMatch(why));
  it.each(CRONS)("says cron's %s in systemd's words", (text, lines) =>
    expect(calendar(text)).toEqual({ calendar: lines }),
  );
  it.each(BAD_CRONS)("refuses cron's %j", (text, why) => expect(problem(text)).toMatch(why));
});

const untested = hasSystemd ? "" : "NOT TESTED, as systemd-analyze is not installed: ";

describe.runIf(hasSystemd)(`${untested}schedules, as systemd-analyze itself reads them`, () => {
  const analyze = (...args: readonly string[]): string =>
    execFileSync("systemd-analyze", ["calendar", ...args], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      env: { ...process.env, TZ: "UTC", LC_ALL: "C" },
    });

  it.each(CALENDARS)("%s is an expression for systemd too", (text) => expect(analyze("--", text)).not.toBe(""));

  it.each(CRONS.filter(([text]) => !text.startsWith("@")))("cron's %s comes when cron would run it", (text, lines) => {
    const base = Date.UTC(2027, 0, 30, 12, 34);
    const theirs = lines
      .flatMap((line) =>
        [
          ...analyze("--iterations=60", "--base-time=2027-01-30 12:34:00 UTC", "--", line).matchAll(
            /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g,
          ),
        ].map(([time]) => `${time.replace(" ", "T")}Z`),
      )
      .map((time) => Date.parse(time));
    const found = [...new Set(theirs)].toSorted((a, b) => a - b).slice(0, 4);
    const expected: number[] = [];
    for (let at = base + 60_000; expected.length < found.length; at += 60_000)
      if (cronRuns(text, new Date(at))) expected.push(at);
    expect(found.length).toBe(4);
    expect(found.map((at) => new Date(at).toISOString())).toEqual(expected.map((at) => new Date(at).toISOString()));
  });
});

/** crontab(5), said in another way than in the program: minute by minute. */
function cronRuns(text: string, at: Date): boolean {
  const fields = text.toLowerCase().split(" ");
  const names = "jan feb mar apr may jun jul aug sep oct nov dec sun mon tue wed thu fri sat".split(" ");
  const number = (word: string): number => {
    const index = names.indexOf(word);
    return index < 0 ? Number(word) : index < 12 ? index + 1 : index - 12;
  };
  const has = (field: string, value: number): boolean =>
    field.split(",").some((item) => {
      const [span = "", step = "1"] = item.split("/");
      const [from, to = from] = span === "*" ? [0, 99] : span.split("-").map(number);
      const first = span === "*" ? (field === fields[2] || field === fields[3] ? 1 : 0) : (from ?? 0);
      return value >= (from ?? 0) && value <= (to ?? 0) && (value - first) % Number(step) === 0;
    });
  const [minute = "", hour = "", day = "", month = "", weekday = ""] = fields;
  const onDay = has(day, at.getUTCDate());
  const onWeekday = has(weekday, at.getUTCDay()) || (at.getUTCDay() === 0 && has(weekday, 7));
  const either = !day.startsWith("*") && !weekday.startsWith("*");
  return (
    has(minute, at.getUTCMinutes()) &&
    has(hour, at.getUTCHours()) &&
    has(month, at.getUTCMonth() + 1) &&
    (either ? onDay || onWeekday : onDay && onWeekday)
  );
}
