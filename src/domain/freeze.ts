/** A stretch of time in which nothing is deployed by itself, as the clock on a wall in `timezone` shows it. */
export interface FreezeWindow {
  /** `weekly`: minutes since Monday 00:00. `daily`: minutes since midnight. `dates`: `2026-12-23T18:00`, as text that sorts. */
  readonly kind: "weekly" | "daily" | "dates";
  readonly from: number | string;
  /** The first moment that is free again. */
  readonly to: number | string;
  /** IANA name, `Europe/Berlin`. */
  readonly timezone: string;
  readonly reason: string;
  /** `Fri 16:00 to Mon 08:00 (Europe/Berlin)`, as the operator wrote it. */
  readonly text: string;
  /** `Mon 08:00 (Europe/Berlin)`: its end, as the operator wrote it. */
  readonly ends: string;
}

export const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const;

/** The window that `now` lies in; undefined when there is none. Pure. Summer time needs no care: what counts is what the wall's clock shows. */
export function freezeAt(windows: readonly FreezeWindow[], now: Date): FreezeWindow | undefined {
  return windows.find((window) => {
    const local = localTime(now, window.timezone);
    if (window.kind === "dates") return local.text >= window.from && local.text < window.to;
    const minute = window.kind === "weekly" ? local.minuteOfWeek : local.minuteOfDay;
    const [from, to] = [Number(window.from), Number(window.to)];
    // Friday evening to Monday morning goes around the end of the week.
    return from <= to ? minute >= from && minute < to : minute >= from || minute < to;
  });
}

interface LocalTime {
  readonly text: string;
  readonly minuteOfDay: number;
  readonly minuteOfWeek: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function localTime(now: Date, timezone: string): LocalTime {
  let format = formats.get(timezone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-GB", {
      timeZone: timezone,
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      weekday: "short",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    });
    formats.set(timezone, format);
  }
  const part = Object.fromEntries(format.formatToParts(now).map(({ type, value }) => [type, value]));
  const { year = "", month = "", day = "", weekday = "", hour = "0", minute = "0" } = part;
  const minuteOfDay = Number(hour) * 60 + Number(minute);
  const dayOfWeek = WEEKDAYS.findIndex((name) => name === weekday);
  return {
    text: `${year}-${month}-${day}T${hour}:${minute}`,
    minuteOfDay,
    minuteOfWeek: dayOfWeek * 1440 + minuteOfDay,
  };
}
