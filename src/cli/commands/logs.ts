import { openReader } from "../../compose/app.ts";
import type { Invocation } from "../command-entry.ts";
import { follow } from "../deployments/follow.ts";
import { namedDeployment } from "../deployments/named-deployment.ts";
import type { TargetOptions } from "../../actions/targets/target-words.ts";

interface Options extends TargetOptions {
  readonly follow?: boolean;
  readonly step?: string;
}

export async function run({ args, options, print }: Invocation<Options>): Promise<number> {
  const reader = await openReader(options.config);
  const { store } = reader;
  const id = await namedDeployment(reader, args, options);
  await follow(store, id, print, { untilEnd: options.follow === true, step: options.step });
  await store.close();
  return 0;
}
