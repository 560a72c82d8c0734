import { answerHistory } from "../../answers/deployments/answer-history.ts";
import type { DeploymentStatus } from "../../domain/deployment.ts";
import { limitOf } from "../arguments/limit.ts";
import type { Invocation } from "../command-entry.ts";
import { historyTable } from "../print/history-table.ts";
import { targetFilter } from "../targets/target-filter.ts";
import type { TargetOptions } from "../../actions/targets/target-words.ts";
import { withReader } from "../../compose/with-store.ts";

interface Options extends TargetOptions {
  readonly limit: string;
  readonly status?: DeploymentStatus;
  readonly before?: string;
}

export async function run({ args, options, print }: Invocation<Options>): Promise<number> {
  const { status, before } = options;
  return await withReader(options.config, async (reader) => {
    const targets = await targetFilter(reader, args, options);
    const history = await answerHistory(reader.store, { targets, status, before, limit: limitOf(options.limit) });
    if (print.isJson) print.json(history);
    else historyTable(history, print);
    return 0;
  });
}
