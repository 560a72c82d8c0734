import type { DeploymentStatus } from "../../domain/deployment.ts";
import { limitOf } from "../arguments/limit.ts";
import { firstDay } from "../arguments/since.ts";
import type { Invocation } from "../command-entry.ts";
import { historyTable } from "../print/history-table.ts";
import { withServer } from "../server/with-server.ts";
import type { TargetOptions } from "../../actions/targets/target-words.ts";

interface Options extends TargetOptions {
  readonly limit: string;
  readonly status?: DeploymentStatus;
  readonly before?: string;
  readonly since?: string;
}

export async function run({ args, options, print }: Invocation<Options>): Promise<number> {
  const { status, before } = options;
  const since = options.since === undefined ? undefined : firstDay(options.since, new Date());
  return await withServer(options, "look", async (server) => {
    const page = { status, before, since, limit: limitOf(options.limit) };
    const history = await server.history({ args, options }, page);
    if (print.isJson) print.json(history);
    else historyTable(history, print);
    return 0;
  });
}
