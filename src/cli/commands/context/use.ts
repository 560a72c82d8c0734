import type { Invocation } from "../../command-entry.ts";
import { noSuchContext } from "../../server/asked-door.ts";
import { readContexts, THIS_HOST, writeContexts } from "../../server/contexts.ts";

/** `fraisier context use <context>`: commands ask this server from now on. */
export async function run({ args: [name = ""], print }: Invocation): Promise<number> {
  const { servers } = readContexts();
  if (name !== THIS_HOST && !Object.hasOwn(servers, name)) throw noSuchContext(name, Object.keys(servers));
  writeContexts({ current: name === THIS_HOST ? undefined : name, servers });
  const url = servers[name]?.url ?? null;
  if (print.isJson) print.json({ context: name, url });
  else print.line(`Commands ask ${url ?? "this machine"} from now on.`);
  return await Promise.resolve(0);
}
