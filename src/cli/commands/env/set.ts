import { UsageError } from "../../../domain/errors.ts";
import { targetName } from "../../../domain/fraise.ts";
import { checkVariableName } from "../../../domain/variable.ts";
import { person } from "../../person.ts";
import { readSecret } from "../../prompt/read-secret.ts";
import { ownerOf } from "../../variables/variable-command.ts";
import type { VariableInvocation } from "../../variables/variable-command.ts";

/** `fraisier env set <fraise> <name> [value]`: without a value it is asked for, or read from standard input. */
export async function setVariable(invocation: VariableInvocation): Promise<number> {
  const { vault, args, print } = invocation;
  const owner = ownerOf(invocation);
  const [, name, given] = args;
  if (name === undefined)
    throw new UsageError("which variable? fraisier env set <fraise> <name> --target <environment>");
  // This is asked before a person types a secret in vain.
  checkVariableName(name);
  const value = given ?? (await readSecret(`${name} of ${targetName(owner)}: `));
  await vault.set(owner, new Map([[name, value]]), person());
  if (print.isJson) print.json({ target: targetName(owner), set: [name] });
  else print.line(`${name} is set for ${targetName(owner)}; the next deployment uses it`);
  return 0;
}
