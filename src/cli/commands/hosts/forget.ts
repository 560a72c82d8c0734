import { forgetSilentHost } from "../../../actions/hosts/forget-silent-host.ts";
import { withReader } from "../../../compose/with-store.ts";
import { counted } from "../../../domain/counted.ts";
import type { Invocation } from "../../command-entry.ts";
import { person } from "../../person.ts";

/** `fraisier hosts forget web3`: removes a silent host from the record. */
export async function run({ args: [host = ""], options, print }: Invocation): Promise<number> {
  return await withReader(options.config, async (parts) => {
    const done = await forgetSilentHost(parts, host, person());
    if (print.isJson) {
      print.json(done);
      return 0;
    }
    print.line(`${host} is forgotten. A daemon that starts there under this name makes it known again.`);
    if (done.runs.length > 0) {
      const named = done.runs.map(({ id, target }) => `${id} of ${target}`).join(", ");
      print.line(
        `Until such a daemon ends ${done.runs.length === 1 ? "it" : "them"}, ${counted(done.runs.length, "deployment stays", "deployments stay")} recorded as running: ${named}.`,
      );
    }
    return 0;
  });
}
