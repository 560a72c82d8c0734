import type { Invocation } from "../command-entry.ts";
import { readContexts, THIS_HOST } from "../server/contexts.ts";

/** `fraisier complete contexts`: words for the completion of shells, a line each. */
export async function run({ print }: Invocation): Promise<number> {
  const names = [THIS_HOST, ...Object.keys(readContexts().servers)];
  // A shell would expand a name with other signs.
  for (const name of names) if (/^[\w.@:-]+$/.test(name)) print.line(name);
  return await Promise.resolve(0);
}
