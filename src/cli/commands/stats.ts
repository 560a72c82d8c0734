import { answerStatistics } from "../../answers/statistics/answer-statistics.ts";
import { openReader } from "../../compose/app.ts";
import { UsageError } from "../../domain/errors.ts";
import type { Invocation } from "../command-entry.ts";
import { statisticsTables } from "../print/statistics-tables.ts";
import { targetFilter } from "../targets/target-filter.ts";
import type { TargetOptions } from "../../actions/targets/target-words.ts";

interface Options extends TargetOptions {
  readonly days: string;
}

export async function run({ args, options, print }: Invocation<Options>): Promise<number> {
  const days = daysOf(options.days);
  const reader = await openReader(options.config);
  try {
    const targets = await targetFilter(reader, args, options);
    const statistics = await answerStatistics(reader.store, { targets, days });
    if (print.isJson) print.json(statistics);
    else statisticsTables(statistics, print);
    return 0;
  } finally {
    await reader.store.close();
  }
}

/** `--days`, 1 to 36,500. @throws UsageError */
function daysOf(text: string): number {
  const days = Number(text);
  if (Number.isInteger(days) && days >= 1 && days <= 36_500) return days;
  throw new UsageError(`--days is "${text}": a whole number from 1 to 36500`);
}
