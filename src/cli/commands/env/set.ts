import { UsageError } from "../../../domain/errors.ts";
import { targetName } from "../../../domain/fraise.ts";
import { checkVariableName } from "../../../domain/variable.ts";
import type { Invocation } from "../../command-entry.ts";
import { person } from "../../person.ts";
import { readSecret } from "../../prompt/read-secret.ts";
import type { TargetOptions } from "../../../actions/targets/target-words.ts";
import { variableOwner } from "../../variables/variable-owner.ts";
import { withVault } from "../../variables/with-vault.ts";

/** `fraisier env set <target> <name> [value]`: without a value it is asked for, or read from standard input. */
export async function run({ args, options, print }: Invocation<TargetOptions>): Promise<number> {
  return await withVault(options.config, async ({ config }, vault) => {
    const { owner, rest } = variableOwner(config, args, { ...options, most: 2 });
    const [name, given] = rest;
    if (name === undefined)
      throw new UsageError("which variable?", { hint: `fraisier env set ${targetName(owner)} NAME` });
    // This is asked before a person types a secret in vain.
    checkVariableName(name);
    const value = given ?? (await readSecret(`${name} of ${targetName(owner)}: `));
    await vault.set(owner, new Map([[name, value]]), person());
    if (print.isJson) print.json({ target: targetName(owner), set: [name] });
    else print.line(`${name} is set for ${targetName(owner)}; the next deployment uses it`);
    return 0;
  });
}
