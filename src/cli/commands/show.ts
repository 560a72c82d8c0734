import type { Invocation } from "../command-entry.ts";
import { EXIT } from "../exit-codes.ts";
import { printDeployment } from "../print/print-deployment.ts";
import { withServer } from "../server/with-server.ts";
import type { TargetOptions } from "../../actions/targets/target-words.ts";

export async function run({ args, options, print }: Invocation<TargetOptions>): Promise<number> {
  return await withServer(options, "look", async (server) => {
    const deployment = await server.feed.deployment(await server.deploymentNamed({ args, options }));
    if (deployment === undefined) return EXIT.failed;
    if (print.isJson) print.json(deployment);
    else printDeployment(deployment, print);
    return EXIT.ok;
  });
}
