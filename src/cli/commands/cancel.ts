import { stopDeployment } from "../../actions/stop-deployment.ts";
import type { Invocation } from "../command-entry.ts";
import { person } from "../person.ts";
import { resolveDeployment } from "../../actions/deployments/resolve-deployment.ts";
import { withReader } from "../../compose/with-store.ts";

export async function run({ args, options, print }: Invocation): Promise<number> {
  return await withReader(options.config, async (reader) => {
    const id = await resolveDeployment(reader, args[0] ?? "");
    const result = await stopDeployment(reader, id, person());
    if (print.isJson) print.json({ deployment: id, result });
    else print.line(SAYS[result](id));
    return 0;
  });
}

const SAYS = {
  cancelled: (id: string) => `deployment ${id} will not start`,
  requested: (id: string) => `deployment ${id} is being stopped; what it changed is taken back`,
  "rolling back": (id: string) => `deployment ${id} is being taken back already; fraisier logs -f ${id} follows it`,
};
