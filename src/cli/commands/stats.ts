import { UsageError } from "../../domain/errors.ts";
import type { Invocation } from "../command-entry.ts";
import { harmless } from "../../domain/harmless.ts";
import { statisticsTables } from "../print/statistics-tables.ts";
import { withServer } from "../server/with-server.ts";
import type { TargetOptions } from "../../actions/targets/target-words.ts";

const DAY_MS = 86_400_000;
const MOST_DAYS = 36_500;

interface Options extends TargetOptions {
  readonly days: string;
  readonly since?: string;
}

export async function run({ args, options, print }: Invocation<Options>): Promise<number> {
  const days = options.since === undefined ? daysOf(options.days) : daysSince(options.since, new Date());
  return await withServer(options, "look", async (server) => {
    const statistics = await server.statistics({ args, options }, days);
    if (print.isJson) print.json(statistics);
    else statisticsTables(statistics, print);
    return 0;
  });
}

/** `--since`: a day as `2026-11-01`, or a number of days as `14d`. @throws UsageError */
function daysSince(text: string, now: Date): number {
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

/** `--days`, 1 to 36,500. @throws UsageError */
function daysOf(text: string): number {
  const days = Number(text);
  if (Number.isInteger(days) && days >= 1 && days <= MOST_DAYS) return days;
  throw new UsageError(`--days is "${text}": a whole number from 1 to 36500`);
}
