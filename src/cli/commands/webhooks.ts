import { openReader } from "../../app.ts";
import { short } from "../../domain/decision.ts";
import { targetName } from "../../domain/fraise.ts";
import type { Invocation } from "../command-entry.ts";
import { limitOf } from "../limit.ts";
import { harmless } from "../print.ts";

interface Options {
  readonly limit: string;
  readonly decision?: string;
  readonly before?: string;
}

export async function run({ options, print }: Invocation<Options>): Promise<number> {
  const { decision, before } = options;
  const { store } = await openReader(options.config);
  const rows = await store.deliveryHistory({
    limit: limitOf(options.limit),
    ...(decision === undefined ? {} : { decision }),
    ...(before === undefined ? {} : { before }),
  });
  await store.close();
  if (print.isJson) {
    print.json({ deliveries: rows });
    return 0;
  }
  print.table(
    ["DELIVERY", "WHEN", "FROM", "REPOSITORY", "TARGET", "REVISION", "DECISION", "WHY"],
    rows.flatMap((row) => {
      const what = (cells: readonly string[]): readonly string[] => [
        row.id,
        print.time(row.received_at),
        harmless(row.forge || row.remote_address),
        harmless(row.repository),
        ...cells,
      ];
      if (row.decisions.length === 0) return [what(["", "", row.decision, harmless(row.reason)])];
      return row.decisions.map((each) =>
        what([
          each.fraise === "" ? "" : targetName(each),
          short(each.revision),
          each.decision,
          harmless(each.reason) + (each.deployment_id === null ? "" : ` [${each.deployment_id}]`),
        ]),
      );
    }),
  );
  return 0;
}
