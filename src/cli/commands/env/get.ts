import { UsageError } from "../../../domain/errors.ts";
import { targetName } from "../../../domain/fraise.ts";
import { setCommand } from "../../../domain/variable.ts";
import { harmless } from "../../print/harmless.ts";
import { ownerOf } from "../../variables/variable-command.ts";
import type { VariableInvocation } from "../../variables/variable-command.ts";

/** `fraisier env get <fraise> <name>`: says that it is set, and with `--reveal` its value. */
export async function getVariable(invocation: VariableInvocation): Promise<number> {
  const { app, vault, args, options, print } = invocation;
  const owner = ownerOf(invocation);
  const [, name = ""] = args;
  const row = (await app.store.variablesOf(owner)).findLast((each) => each.name === name);
  if (row === undefined) {
    throw new UsageError(`${targetName(owner)} has no variable ${harmless(name)}`, { hint: setCommand(owner, name) });
  }
  const value = options.reveal === true ? (await vault.read(owner)).get(name) : undefined;
  if (print.isJson) {
    print.json({
      target: targetName(row),
      name,
      value: value ?? null,
      updated_at: row.updated_at,
      updated_by: row.updated_by,
    });
  } else if (value === undefined) print.line("***");
  else if (print.isTerminal) print.line(value);
  else print.exactly(value);
  if (value === undefined && print.isTerminal && !print.isJson) print.line(print.style("dim", "--reveal shows it"));
  return 0;
}
