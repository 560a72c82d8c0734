import type { Feed } from "../../answers/following/feed.ts";
import { wholeLog } from "../../answers/following/whole-log.ts";
import type { Invocation } from "../command-entry.ts";
import { followLog, tellLogEnd } from "../deployments/follow-log.ts";
import { printLines } from "../deployments/print-log.ts";
import type { Print } from "../print/print.ts";
import { withServer } from "../server/with-server.ts";
import type { TargetOptions } from "../../actions/targets/target-words.ts";

interface Options extends TargetOptions {
  readonly follow?: boolean;
  readonly step?: string;
}

export async function run({ args, options, print }: Invocation<Options>): Promise<number> {
  return await withServer(options, "look", async (server) => {
    const id = await server.deploymentNamed({ args, options });
    if (options.follow !== true) {
      await show(server.feed, id, print, options.step);
      return 0;
    }
    const row = await followLog(server.feed, id, print, { step: options.step });
    if (row !== undefined) tellLogEnd(row, print);
    return 0;
  });
}

/** Prints the present lines of a log, or the document that holds them. */
async function show(feed: Feed, id: string, print: Print, step: string | undefined): Promise<void> {
  const log = await wholeLog(feed, id);
  if (log === undefined) return;
  if (!print.isJson) printLines(log.lines, print, step);
  else print.json(step === undefined ? log : { ...log, lines: log.lines.filter((line) => line.step === step) });
}
