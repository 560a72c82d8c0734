import { targetName } from "../../../domain/fraise.ts";
import type { Invocation } from "../../command-entry.ts";
import { harmless } from "../../../domain/harmless.ts";
import { withServer } from "../../server/with-server.ts";

/** `fraisier webhooks replay <delivery>`: decides a stored delivery again. */
export async function run({ args, options, print }: Invocation): Promise<number> {
  return await withServer(options, "act", async (server) => {
    const replayed = await server.replay(args[0]);
    if (print.isJson) {
      print.json(replayed);
      return 0;
    }
    for (const each of replayed.decisions ?? []) {
      const target = each.target === undefined ? "" : `${targetName(each.target)}: `;
      const led = each.deployment === undefined ? "" : ` [${each.deployment}]`;
      print.line(harmless(`${target}${each.decision}: ${each.reason}${led}`));
    }
    return 0;
  });
}
