import { UsageError } from "../../../domain/errors.ts";
import { targetName } from "../../../domain/fraise.ts";
import { setCommand } from "../../../domain/variable.ts";
import type { Invocation } from "../../command-entry.ts";
import { harmless } from "../../../domain/harmless.ts";
import type { Print } from "../../print/print.ts";
import type { TargetOptions } from "../../../actions/targets/target-words.ts";
import { variableOwner } from "../../variables/variable-owner.ts";
import { withVault } from "../../variables/with-vault.ts";

interface Options extends TargetOptions {
  readonly reveal?: boolean;
}

/** `fraisier env get <target> <name>`: says that it is set, and with `--reveal` its value. */
export async function run({ args, options, print }: Invocation<Options>): Promise<number> {
  return await withVault(options.config, async ({ config, store }, vault) => {
    const { owner, rest } = variableOwner(config, args, { ...options, most: 1 });
    const [name = ""] = rest;
    const row = (await store.variables.of(owner)).findLast((each) => each.name === name);
    if (row === undefined) {
      throw new UsageError(`${targetName(owner)} has no variable ${harmless(name)}`, { hint: setCommand(owner, name) });
    }
    const value = options.reveal === true ? (await vault.read(owner)).get(name) : undefined;
    if (!print.isJson) show(value, print);
    else {
      const set = { updated_at: row.updatedAt, updated_by: row.updatedBy };
      print.json({ target: targetName(row), name, value: value ?? null, ...set });
    }
    return 0;
  });
}

function show(value: string | undefined, print: Print): void {
  if (value === undefined) {
    print.line("***");
    if (print.isTerminal) print.line(print.style("dim", "--reveal shows it"));
  } else if (print.isTerminal) print.line(value);
  else print.exactly(value);
}
