import { short } from "../../domain/decision.ts";
import type { Invocation } from "../command-entry.ts";
import { harmless } from "../../domain/harmless.ts";
import { withServer } from "../server/with-server.ts";

interface Options {
  readonly job?: string;
  readonly reason?: string;
}

export async function run({ args, options, print }: Invocation<Options>): Promise<number> {
  return await withServer(options, "act", async (server) => {
    const document = await server.resume({ args, options }, options.reason ?? "");
    const { target, hold, revisions } = document;
    if (print.isJson) print.json(document);
    else if (hold === undefined && revisions.length === 0) print.line(`${target} was not on hold.`);
    else {
      print.line(`${target} is no longer on hold${hold === undefined ? "" : harmless(` (${hold})`)}.`);
      if (revisions.length > 0)
        print.line(
          `May be deployed again: ${revisions.map(short).join(", ")}. Redeliver its webhook (fraisier webhooks replay), or fraisier deploy ${target} --revision <sha>.`,
        );
    }
    return 0;
  });
}
