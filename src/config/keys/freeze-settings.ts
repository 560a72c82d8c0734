import { z } from "zod";
import type { FreezeWindow } from "../../domain/freeze.ts";
import { WEEKDAYS } from "../../domain/freeze.ts";

/** `freeze: [{ from: "Fri 16:00", to: "Mon 08:00", timezone: Europe/Berlin, reason: weekend }]` */
export const freezeSchema = z
  .strictObject({
    from: z
      .string()
      .min(1)
      .describe("When it begins: `Fri 16:00` each week, `22:00` each day, or `2026-12-23T18:00` once"),
    to: z.string().min(1).describe("When it is over, written like `from`"),
    timezone: z.string().min(1).default("UTC").describe("The time zone of `from` and `to`"),
    reason: z.string().default("").describe("Shown beside what waits"),
  })
  .transform((value, context): FreezeWindow => {
    const complain = (message: string): never => {
      context.addIssue({ code: "custom", message });
      return z.NEVER;
    };
    const [from, to] = [parseMoment(value.from), parseMoment(value.to)];
    if (from === undefined || to === undefined) {
      const wrong = from === undefined ? value.from : value.to;
      return complain(`"${wrong}" is no moment: write "Fri 16:00", "22:00" or 2026-12-23T18:00`);
    }
    if (from.kind !== to.kind) return complain("`from` and `to` must be written in the same way");
    if (from.at === to.at) return complain("`from` and `to` are the same moment");
    if (from.kind === "dates" && from.at > to.at) return complain("`to` comes before `from`");
    if (!isTimezone(value.timezone)) return complain(`"${value.timezone}" is no time zone: write Europe/Berlin or UTC`);
    const { timezone, reason } = value;
    const ends = `${value.to} (${timezone})`;
    return { kind: from.kind, from: from.at, to: to.at, timezone, reason, text: `${value.from} to ${ends}`, ends };
  });

function parseMoment(text: string): { kind: FreezeWindow["kind"]; at: number | string } | undefined {
  const date = /^(\d{4}-\d\d-\d\d)(?:[T ]([01]\d|2[0-3]):([0-5]\d))?$/.exec(text);
  if (date !== null) {
    const at = `${date[1]}T${date[2] ?? "00"}:${date[3] ?? "00"}`;
    // 2026-02-30 would be taken for the second of March.
    const time = new Date(`${at}:00Z`);
    const isReal = !Number.isNaN(time.getTime()) && time.toJSON().startsWith(date[1] ?? "-");
    return isReal ? { kind: "dates", at } : undefined;
  }
  const [, day, hour, minute] = /^(?:(\w{3})\w*\s+)?([01]?\d|2[0-3]):([0-5]\d)$/.exec(text.trim()) ?? [];
  if (hour === undefined || minute === undefined) return undefined;
  const minutes = Number(hour) * 60 + Number(minute);
  if (day === undefined) return { kind: "daily", at: minutes };
  const index = WEEKDAYS.findIndex((name) => name.toLowerCase() === day.toLowerCase());
  return index === -1 ? undefined : { kind: "weekly", at: index * 1440 + minutes };
}

function isTimezone(name: string): boolean {
  try {
    return Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    // RangeError: this is how Intl says that it knows no such zone.
    return false;
  }
}
