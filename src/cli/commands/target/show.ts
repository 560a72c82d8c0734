import { stringify } from "yaml";
import { readConfig } from "../../../compose/app.ts";
import { showConfig } from "../../../config/show.ts";
import { targetName } from "../../../domain/fraise.ts";
import type { Invocation } from "../../command-entry.ts";
import { namedTarget } from "../../../actions/targets/named-target.ts";
import type { TargetOptions } from "../../../actions/targets/target-words.ts";

/** `fraisier target show <fraise> <environment>`: as it is understood, defaults filled in, secrets as `***`. */
export async function run({ args, options, print }: Invocation<TargetOptions>): Promise<number> {
  const config = await readConfig(options.config);
  const target = namedTarget(config, args, options);
  const { targets } = showConfig({ ...config, targets: [target] }) as { targets: readonly unknown[] };
  if (print.isJson) print.json(targets[0]);
  else print.line(`# ${targetName(target)} in ${config.file}\n${stringify(targets[0]).trimEnd()}`);
  return 0;
}
