import type { Invocation } from "../command-entry.ts";
import { UsageError } from "../../domain/errors.ts";
import { readSecret } from "../prompt/read-secret.ts";
import { readTokenFile } from "../server/asked-door.ts";
import { readContexts, THIS_HOST, writeContexts } from "../server/contexts.ts";
import { serverUrl, tokenText } from "../server/server-url.ts";

interface Options {
  readonly name?: string;
  readonly tokenFile?: string;
}

/** `fraisier login <url>`: keeps a token for a server after the server has accepted it. Commands ask this server from now on. */
export async function run({ args, options, print }: Invocation<Options>): Promise<number> {
  const url = serverUrl(args[0] ?? "", "the address");
  const name = contextName(options.name ?? new URL(url).hostname);
  const { servers } = readContexts();
  const before = servers[name];
  if (before !== undefined && before.url !== url)
    throw new UsageError(`the context ${name} is ${before.url} already`, {
      hint: `--name gives this one another name; fraisier logout ${name} forgets the other one.`,
    });
  const token = await tokenFor(url, options.tokenFile);
  const [{ apiClient }, { whoAmI }] = await Promise.all([
    import("../server/api-client.ts"),
    import("../server/who-am-i.ts"),
  ]);
  const me = await whoAmI(apiClient({ kind: "url", url, token }));
  // Another login may have ended while this person typed.
  writeContexts({ current: name, servers: { ...readContexts().servers, [name]: { url, token } } });
  if (print.isJson) {
    print.json({ context: name, url, ...me });
    return 0;
  }
  print.line(`You are ${me.caller} at ${url}, with the scope ${me.scope}. fraisier ${me.version} runs there.`);
  print.line(`Commands ask ${name} from now on. fraisier context use ${THIS_HOST} goes back to this machine.`);
  return 0;
}

/** @throws UsageError */
function contextName(name: string): string {
  if (name === THIS_HOST)
    throw new UsageError(`the context ${THIS_HOST} is this machine`, { hint: "Give another --name." });
  if (/^[a-z0-9][\w.-]{0,99}$/i.test(name) && name !== "__proto__") return name;
  throw new UsageError("the name of a context has letters, digits, dots and dashes", { hint: "--name production" });
}

async function tokenFor(url: string, file: string | undefined): Promise<string> {
  if (file !== undefined) return tokenText(readTokenFile(file), file);
  return tokenText(await readSecret(`Token for ${url} (it is not shown): `), "the input");
}
