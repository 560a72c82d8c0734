import type { Invocation } from "../../command-entry.ts";
import { harmless } from "../../../domain/harmless.ts";
import { readContexts, THIS_HOST } from "../../server/contexts.ts";

/** `fraisier context`: the servers that this person logged in to. No token is shown. */
export async function run({ print }: Invocation): Promise<number> {
  const { current, servers } = readContexts();
  const contexts = [
    { name: THIS_HOST, url: null, in_use: current === undefined },
    ...Object.entries(servers).map(([name, { url }]) => ({ name, url, in_use: name === current })),
  ];
  if (print.isJson) print.json({ contexts });
  else
    print.table(
      ["CONTEXT", "IN USE", "SERVER"],
      contexts.map(({ name, url, in_use: inUse }) => [
        harmless(name),
        inUse ? "yes" : "",
        harmless(url ?? "this machine"),
      ]),
    );
  return await Promise.resolve(0);
}
