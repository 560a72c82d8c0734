import { checkCalendar } from "./calendar.ts";
import { calendarOfCron, isCron } from "./cron.ts";
import { ScheduleProblem } from "./schedule-problem.ts";

/** The meaning of a text under `schedule:` for systemd, or the fault in it. */
export type ScheduleReading = { readonly calendar: readonly string[] } | { readonly problem: string };

/** Reads a calendar expression of systemd or one of cron, and gives lines for `OnCalendar=`. Pure. */
export function readSchedule(text: string): ScheduleReading {
  try {
    if (isCron(text)) return { calendar: calendarOfCron(text) };
    checkCalendar(text);
    return { calendar: [text.trim()] };
  } catch (error) {
    if (error instanceof ScheduleProblem) return { problem: error.message };
    throw error;
  }
}
