import { targetName } from "../../../domain/fraise.ts";
import { setCommand } from "../../../domain/variable.ts";
import type { Invocation } from "../../command-entry.ts";
import { harmless } from "../../../domain/harmless.ts";
import type { TargetOptions } from "../../../actions/targets/target-words.ts";
import { missingVariables } from "../../../answers/targets/missing-variables.ts";
import { recordedOwner } from "../../variables/variable-owner.ts";
import { withVault } from "../../variables/with-vault.ts";

/** `fraisier env list <target>`: names, times and authors, never values. Required variables that are missing are listed too. */
export async function run({ args, options, print }: Invocation<TargetOptions>): Promise<number> {
  return await withVault(options.config, async (app) => {
    const { owner } = await recordedOwner(app, args, { ...options, most: 0 });
    const rows = await app.store.variables.of(owner);
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
        variables: rows.map(({ name, job, updatedAt, updatedBy }) => ({
          name,
          job,
          updated_at: updatedAt,
          updated_by: updatedBy,
        })),
        missing,
      });
      return 0;
    }
    if (rows.length === 0) print.line(`${targetName(owner)} has no variables`);
    else {
      print.table(
        ["NAME", "OF", "VALUE", "SET", "BY"],
        rows.map((row) => [row.name, targetName(row), "***", print.time(row.updatedAt), harmless(row.updatedBy)]),
      );
    }
    for (const name of missing) print.line(`required and not set here: ${setCommand(owner, name)}`);
    return 0;
  });
}
