import { openReader } from "../../app.ts";
import type { Invocation } from "../command-entry.ts";
import { follow } from "../deployments/follow.ts";
import { resolveDeployment } from "../deployments/resolve-deployment.ts";

interface Options {
  readonly follow?: boolean;
  readonly step?: string;
}

export async function run({ args, options, print }: Invocation<Options>): Promise<number> {
  const { store } = await openReader(options.config);
  const id = await resolveDeployment(store, args[0] ?? "");
  await follow(store, id, print, { untilEnd: options.follow === true, step: options.step });
  await store.close();
  return 0;
}
