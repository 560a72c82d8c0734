import type { Invocation } from "../command-entry.ts";
import { withServer } from "../server/with-server.ts";

export async function run({ args, options, print }: Invocation): Promise<number> {
  return await withServer(options, "act", async (server) => {
    const cancelled = await server.cancel(args[0] ?? "");
    if (print.isJson) print.json(cancelled);
    else print.line(SAYS[cancelled.result](cancelled.deployment));
    return 0;
  });
}

const SAYS = {
  cancelled: (id: string) => `deployment ${id} will not start`,
  requested: (id: string) => `deployment ${id} is being stopped; what it changed is taken back`,
  "rolling back": (id: string) => `deployment ${id} is being taken back already; fraisier logs -f ${id} follows it`,
};
