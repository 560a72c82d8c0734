import { endDrain } from "../../../actions/hosts/end-drain.ts";
import { withReader } from "../../../compose/with-store.ts";
import { harmless } from "../../../domain/harmless.ts";
import type { Invocation } from "../../command-entry.ts";
import { person } from "../../person.ts";

interface Options {
  readonly reason?: string;
}

/** `fraisier hosts resume web1`: a drained host starts what is queued again. */
export async function run({ args: [host = ""], options, print }: Invocation<Options>): Promise<number> {
  return await withReader(options.config, async (parts) => {
    const done = await endDrain(parts, host, options.reason ?? "", person());
    if (print.isJson) print.json(done);
    else
      print.line(harmless(`${host} starts what is queued again. ${done.was.by} had drained it since ${done.was.at}.`));
    return 0;
  });
}
