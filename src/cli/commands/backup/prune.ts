import { targetName } from "../../../domain/fraise.ts";
import type { Invocation } from "../../command-entry.ts";
import { withBackups } from "../../databases/with-backups.ts";
import type { TargetOptions } from "../../../actions/targets/target-words.ts";

interface Options extends TargetOptions {
  readonly dryRun?: boolean;
}

/** `fraisier backup prune <target>`: removes what retention no longer keeps. */
export async function run(invocation: Invocation<Options>): Promise<number> {
  const { options, print } = invocation;
  return await withBackups(invocation, 0, async ({ target, backups }) => {
    const dryRun = options.dryRun === true;
    const ids = (await backups.prune({ dryRun })).map(({ id }) => id);
    if (print.isJson) print.json({ target: targetName(target), [dryRun ? "would_remove" : "removed"]: ids });
    else print.line(`${dryRun ? "would remove" : "removed"}: ${ids.join(", ") || "nothing"}`);
  });
}
