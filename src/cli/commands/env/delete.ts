import { UsageError } from "../../../domain/errors.ts";
import { targetName } from "../../../domain/fraise.ts";
import type { Invocation } from "../../command-entry.ts";
import { harmless } from "../../../domain/harmless.ts";
import type { TargetOptions } from "../../../actions/targets/target-words.ts";
import { recordedOwner } from "../../variables/variable-owner.ts";
import { withVault } from "../../variables/with-vault.ts";

/** `fraisier env delete <target> <name>`: needs no key, so that values whose key is lost can be set anew. */
export async function run({ args, options, print }: Invocation<TargetOptions>): Promise<number> {
  return await withVault(options.config, async (app) => {
    const { owner, rest } = await recordedOwner(app, args, { ...options, most: 1 });
    const [name = ""] = rest;
    if (!(await app.store.variables.delete(owner, name))) {
      const names = (await app.store.variables.of(owner))
        .filter((each) => each.job === owner.job)
        .map((each) => each.name);
      throw new UsageError(`${targetName(owner)} has no variable ${harmless(name)} of its own`, {
        hint: names.length === 0 ? "It has none at all." : `It has ${names.join(", ")}.`,
      });
    }
    if (print.isJson) print.json({ target: targetName(owner), deleted: [name] });
    else print.line(`${name} of ${targetName(owner)} is deleted; the next deployment goes without it`);
    return 0;
  });
}
