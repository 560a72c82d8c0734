import { removeTarget } from "../../config/edit-target.ts";
import { UsageError } from "../../domain/errors.ts";
import type { Invocation } from "../command-entry.ts";
import { ask } from "../ask.ts";
import { editFile } from "./edit-file.ts";
import { namesOf } from "./target-command.ts";
import type { TargetOptions } from "./target-command.ts";

/** `fraisier target remove <fraise> <environment>`: out of the file; what runs, and what is on disk and on record, stays. */
export async function removeFromFile(invocation: Invocation<TargetOptions>): Promise<number> {
  const [fraise, environment] = namesOf("remove", invocation.args);
  const { options, print } = invocation;
  const target = `${fraise}/${environment}`;
  const change = (document: Parameters<typeof removeTarget>[0]): void => removeTarget(document, fraise, environment);
  if (options.yes !== true && options.dryRun !== true) {
    if (!process.stdin.isTTY || print.isJson)
      throw new UsageError(`${target} would be removed: say --yes`, { hint: "--dry-run shows what would change." });
    await editFile({ ...invocation, options: { ...options, dryRun: true } }, change, "");
    if (!/^y(es)?$/i.test(await ask(`Remove ${target}? [y/N] `))) return 1;
  }
  await editFile(
    invocation,
    change,
    `${target} is removed from the file; its service, folder, history and variables stay as they are`,
  );
  return 0;
}
