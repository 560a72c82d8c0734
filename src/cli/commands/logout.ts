import { UsageError } from "../../domain/errors.ts";
import type { Invocation } from "../command-entry.ts";
import { noSuchContext } from "../server/asked-door.ts";
import { readContexts, writeContexts } from "../server/contexts.ts";

/** `fraisier logout [context]`: forgets a server and its token. The token goes on working until it is revoked or expires. */
export async function run({ args, print }: Invocation): Promise<number> {
  const { current, servers } = readContexts();
  const name = args[0] ?? current;
  const names = Object.keys(servers);
  if (name === undefined)
    throw new UsageError("which context?", {
      hint: names.length === 0 ? "You are logged in nowhere." : `There are ${names.join(", ")}.`,
    });
  if (!Object.hasOwn(servers, name)) throw noSuchContext(name, names);
  const { [name]: gone, ...left } = servers;
  writeContexts({ current: current === name ? undefined : current, servers: left });
  if (print.isJson) print.json({ context: name, url: gone?.url });
  else {
    print.line(`The token for ${name} (${gone?.url}) is forgotten here. fraisier token revoke ends it on the server.`);
    if (current === name) print.line("Commands ask this machine from now on.");
  }
  return await Promise.resolve(0);
}
