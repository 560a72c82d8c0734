import { daysOf, daysSince } from "../arguments/since.ts";
import type { Invocation } from "../command-entry.ts";
import { statisticsTables } from "../print/statistics-tables.ts";
import { withServer } from "../server/with-server.ts";
import type { TargetOptions } from "../../actions/targets/target-words.ts";

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
