import { openReader } from "../../app.ts";
import type { Invocation } from "../command-entry.ts";
import { follow } from "../follow.ts";
import { resolveDeployment } from "../resolve-deployment.ts";

export async function run({ args, options, print }: Invocation<{ readonly follow?: boolean }>): Promise<number> {
  const { store } = await openReader(options.config);
  await follow(store, await resolveDeployment(store, args[0] ?? ""), print, options.follow === true);
  await store.close();
  return 0;
}
