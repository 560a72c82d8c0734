import { targetName } from "../../../domain/fraise.ts";
import { setCommand } from "../../../domain/variable.ts";
import { missingVariables } from "../../variables/missing-variables.ts";
import { harmless } from "../../print/harmless.ts";
import { ownerOnRecord } from "../../variables/variable-command.ts";
import type { VariableInvocation } from "../../variables/variable-command.ts";

/** `fraisier env list <fraise>`: names, times and authors, never values. Required variables that are missing are listed too. */
export async function listVariables(invocation: VariableInvocation): Promise<number> {
  const { app, print } = invocation;
  const owner = await ownerOnRecord(invocation);
  const rows = await app.store.variablesOf(owner);
  const target = app.config.targets.find(
    (each) =>
      each.fraise === owner.fraise &&
      each.environment === owner.environment &&
      (owner.job === "" || each.job === owner.job),
  );
  const missing = target === undefined ? [] : await missingVariables(app, target);
  if (print.isJson) {
    print.json({
      target: targetName(owner),
      variables: rows.map(({ name, job, updated_at, updated_by }) => ({ name, job, updated_at, updated_by })),
      missing,
    });
    return 0;
  }
  if (rows.length === 0) print.line(`${targetName(owner)} has no variables`);
  else {
    print.table(
      ["NAME", "OF", "VALUE", "SET", "BY"],
      rows.map((row) => [row.name, targetName(row), "***", print.time(row.updated_at), harmless(row.updated_by)]),
    );
  }
  for (const name of missing) print.line(`required and not set here: ${setCommand(owner, name)}`);
  return 0;
}
