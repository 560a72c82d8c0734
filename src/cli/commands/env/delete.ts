import { UsageError } from "../../../domain/errors.ts";
import { targetName } from "../../../domain/fraise.ts";
import { harmless } from "../../print/harmless.ts";
import { ownerOnRecord } from "../../variables/variable-command.ts";
import type { VariableInvocation } from "../../variables/variable-command.ts";

/** `fraisier env delete <fraise> <name>`: needs no key, so that values whose key is lost can be set anew. */
export async function deleteVariableByName(invocation: VariableInvocation): Promise<number> {
  const { app, args, print } = invocation;
  const owner = await ownerOnRecord(invocation);
  const [, name = ""] = args;
  if (!(await app.store.deleteVariable(owner, name))) {
    const names = (await app.store.variablesOf(owner))
      .filter((each) => each.job === owner.job)
      .map((each) => each.name);
    throw new UsageError(`${targetName(owner)} has no variable ${harmless(name)} of its own`, {
      hint: names.length === 0 ? "It has none at all." : `It has ${names.join(", ")}.`,
    });
  }
  if (print.isJson) print.json({ target: targetName(owner), deleted: [name] });
  else print.line(`${name} of ${targetName(owner)} is deleted; the next deployment goes without it`);
  return 0;
}
