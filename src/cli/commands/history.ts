import { openReader } from "../../compose/app.ts";
import { short } from "../../domain/decision.ts";
import type { DeploymentStatus } from "../../domain/deployment.ts";
import { targetName } from "../../domain/fraise.ts";
import type { Invocation } from "../command-entry.ts";
import { limitOf } from "../arguments/limit.ts";
import { summaryJson } from "../../answers/deployments/deployment-json.ts";
import { outcomeStyle } from "../print/outcome-style.ts";
import { harmless } from "../print/harmless.ts";
import { targetFilter } from "../targets/target-filter.ts";
import type { TargetOptions } from "../targets/target-words.ts";

interface Options extends TargetOptions {
  readonly limit: string;
  readonly status?: DeploymentStatus;
  readonly before?: string;
}

export async function run({ args, options, print }: Invocation<Options>): Promise<number> {
  const { status, before } = options;
  const reader = await openReader(options.config);
  const { store } = reader;
  const rows = await store.deployments.history({
    ...(await targetFilter(reader, args, options)),
    limit: limitOf(options.limit),
    ...(status === undefined ? {} : { status }),
    ...(before === undefined ? {} : { before }),
  });
  await store.close();
  if (print.isJson) {
    print.json({ deployments: rows.map(summaryJson) });
    return 0;
  }
  print.table(
    ["DEPLOYMENT", "TARGET", "REVISION", "WHEN", "STATUS", "BY", "WHY"],
    rows.map((row) => [
      row.id,
      targetName(row),
      harmless([short(row.revision), row.ref?.name].filter((part) => part !== undefined).join(" ")),
      print.time(row.finishedAt ?? row.startedAt ?? row.queuedAt),
      outcomeStyle(print, row.status),
      harmless(row.triggeredBy),
      harmless(row.reason === "" ? (row.message.split("\n")[0] ?? "") : row.reason),
    ]),
  );
  return 0;
}
