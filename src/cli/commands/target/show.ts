import { stringify } from "yaml";
import { readConfig, targetOf } from "../../../app.ts";
import { showConfig } from "../../../config/show.ts";
import { targetName } from "../../../domain/fraise.ts";
import type { Invocation } from "../../command-entry.ts";
import { namesOf } from "../../targets/target-command.ts";
import type { TargetOptions } from "../../targets/target-command.ts";

/** `fraisier target show <fraise> <environment>`: as it is understood, defaults filled in, secrets as `***`. */
export async function showTarget({ args, options, print }: Invocation<TargetOptions>): Promise<number> {
  const [fraise, environment] = namesOf("show", args);
  const config = await readConfig(options.config);
  const target = targetOf(config, { fraise, environment, job: options.job ?? "" });
  const { targets } = showConfig({ ...config, targets: [target] }) as { targets: readonly unknown[] };
  if (print.isJson) print.json(targets[0]);
  else print.line(`# ${targetName(target)} in ${config.file}\n${stringify(targets[0]).trimEnd()}`);
  return 0;
}
