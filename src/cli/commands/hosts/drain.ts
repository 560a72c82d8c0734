import { beginDrain } from "../../../actions/hosts/begin-drain.ts";
import { withReader } from "../../../compose/with-store.ts";
import { harmless } from "../../../domain/harmless.ts";
import type { Invocation } from "../../command-entry.ts";
import { person } from "../../person.ts";

interface Options {
  readonly reason?: string;
}

/** `fraisier hosts drain web1`: the host starts nothing more. */
export async function run({ args: [host = ""], options, print }: Invocation<Options>): Promise<number> {
  return await withReader(options.config, async (parts) => {
    const done = await beginDrain(parts, host, options.reason, person());
    if (print.isJson) print.json(done);
    else {
      print.line(
        `${host} starts nothing more until fraisier hosts resume ${host}. Deployments that run there are finished.`,
      );
      if (done.replaced !== null)
        print.line(harmless(`${done.replaced.by} had drained it since ${done.replaced.at}: ${done.replaced.reason}`));
    }
    return 0;
  });
}
