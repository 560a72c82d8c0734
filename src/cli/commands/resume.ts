import { endHold } from "../../actions/end-hold.ts";
import { short } from "../../domain/decision.ts";
import { targetName } from "../../domain/fraise.ts";
import type { Invocation } from "../command-entry.ts";
import { person } from "../person.ts";
import { harmless } from "../../domain/harmless.ts";
import { recordedTarget } from "../../actions/targets/recorded-target.ts";
import { withReader } from "../../compose/with-store.ts";

interface Options {
  readonly job?: string;
  readonly reason?: string;
}

export async function run({ args, options, print }: Invocation<Options>): Promise<number> {
  return await withReader(options.config, async (reader) => {
    const target = await recordedTarget(reader, args, options);
    const { hold, revisions } = await endHold(reader, target, options.reason ?? "", person());
    if (print.isJson) print.json({ target: targetName(target), hold, revisions });
    else if (hold === undefined && revisions.length === 0) print.line(`${targetName(target)} was not on hold.`);
    else {
      print.line(`${targetName(target)} is no longer on hold${hold === undefined ? "" : harmless(` (${hold})`)}.`);
      if (revisions.length > 0)
        print.line(
          `May be deployed again: ${revisions.map(short).join(", ")}. Redeliver its webhook (fraisier webhooks replay), or fraisier deploy ${targetName(target)} --revision <sha>.`,
        );
    }
    return 0;
  });
}
