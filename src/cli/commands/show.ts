import { answerDeployment } from "../../answers/deployments/answer-deployment.ts";
import type { Invocation } from "../command-entry.ts";
import { namedDeployment } from "../deployments/named-deployment.ts";
import { EXIT } from "../exit-codes.ts";
import { printDeployment } from "../print/print-deployment.ts";
import type { TargetOptions } from "../../actions/targets/target-words.ts";
import { withReader } from "../../compose/with-store.ts";

export async function run({ args, options, print }: Invocation<TargetOptions>): Promise<number> {
  return await withReader(options.config, async (reader) => {
    const id = await namedDeployment(reader, args, options);
    const deployment = await answerDeployment(reader, id);
    if (deployment === undefined) return EXIT.failed;
    if (print.isJson) print.json(deployment);
    else printDeployment(deployment, print);
    return EXIT.ok;
  });
}
