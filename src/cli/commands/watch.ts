import type { TargetOptions } from "../../actions/targets/target-words.ts";
import { nameIn } from "../../actions/targets/target-words.ts";
import type { Invocation } from "../command-entry.ts";
import { withServer } from "../server/with-server.ts";

/** A board on a terminal, lines elsewhere. */
export async function run({ args, options, print }: Invocation<TargetOptions>): Promise<number> {
  return await withServer(options, "look", async (server) => {
    // A name that no target has is an error before the board is drawn.
    await server.status({ args, options });
    const targets = nameIn(args, options) ?? {};
    if (print.live === undefined || !process.stdin.isTTY) {
      const { tellTargets } = await import("../watch/tell-targets.ts");
      return await tellTargets(server.feed, targets, print);
    }
    const { watchTargets } = await import("../watch/watch-targets.ts");
    await watchTargets(server.feed, targets, print);
    return 0;
  });
}
