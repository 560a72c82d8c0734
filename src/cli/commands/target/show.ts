import type { TargetOptions } from "../../../actions/targets/target-words.ts";
import type { Invocation } from "../../command-entry.ts";
import { printTarget } from "../../print/print-target.ts";
import { withServer } from "../../server/with-server.ts";

/** `fraisier target show <fraise> <environment>`: everything that is in force for a target. */
export async function run({ args, options, print }: Invocation<TargetOptions>): Promise<number> {
  return await withServer(options, "look", async (server) => {
    const target = await server.target({ args, options });
    if (print.isJson) print.json(target);
    else printTarget(target, print);
    return 0;
  });
}
