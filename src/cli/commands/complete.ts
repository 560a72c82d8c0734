import { targetName } from "../../domain/fraise.ts";
import type { GlobalOptions, Invocation } from "../command-entry.ts";
import { readContexts, THIS_HOST } from "../server/contexts.ts";
import { knownThere } from "../server/targets-there.ts";
import { withEither } from "../server/with-server.ts";

/** A shell that waits longer for names seems to hang. */
const LONGEST_MS = 3_000;

/** `fraisier complete contexts` and `fraisier complete targets`: words for the completion of shells, a line each. */
export async function run({ args: [kind], options, print }: Invocation): Promise<number> {
  const names = kind === "targets" ? await targets(options) : [THIS_HOST, ...Object.keys(readContexts().servers)];
  // A shell would expand a name with other signs.
  for (const name of names) if (/^[\w.@:/-]+$/.test(name)) print.line(name);
  return 0;
}

/** The targets of this machine, or of the server that the person chose. */
async function targets(options: GlobalOptions): Promise<readonly string[]> {
  // A server that does not answer must not keep the shell waiting: it offers nothing then.
  setTimeout(() => process.exit(1), LONGEST_MS).unref();
  const keys = await withEither(options, "look", {
    here: async ({ config }) => await Promise.resolve(config.targets),
    there: knownThere,
  });
  return keys.map(targetName);
}
