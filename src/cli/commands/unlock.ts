import { lockName } from "../../domain/lock.ts";
import type { Invocation } from "../command-entry.ts";
import type { LockOptions } from "../../actions/targets/lock-key.ts";
import { withServer } from "../server/with-server.ts";

export async function run({ args, options, print }: Invocation<LockOptions>): Promise<number> {
  return await withServer(options, "act", async (server) => {
    const document = await server.unlock(args, options);
    const { unlocked, still_locked: left } = document;
    const name = lockName(unlocked);
    if (print.isJson) print.json(document);
    else if (left.length > 0) print.line(`${name} is unlocked, but locked as well: ${left.join(", ")}.`);
    else print.line(`${name} is unlocked: what waited for it starts, unless a freeze window keeps it waiting.`);
    return 0;
  });
}
