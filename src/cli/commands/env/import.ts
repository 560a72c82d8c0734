import { readConfig } from "../../../compose/app.ts";
import { targetName } from "../../../domain/fraise.ts";
import type { Invocation } from "../../command-entry.ts";
import { person } from "../../person.ts";
import type { TargetOptions } from "../../../actions/targets/target-words.ts";
import { readDotenv } from "../../variables/read-dotenv.ts";
import { readVariableFile } from "../../variables/read-variable-file.ts";
import { variableOwner } from "../../variables/variable-owner.ts";
import { withVault } from "../../variables/with-vault.ts";

/** `fraisier env import <target> [file]`: a dotenv file, or standard input; all of it or nothing. */
export async function run({ args, options, print }: Invocation<TargetOptions>): Promise<number> {
  const { owner, rest } = variableOwner(await readConfig(options.config), args, { ...options, most: 1 });
  const [file = "-"] = rest;
  // The file belongs to the person who asks: root may read it, and the service's user, whom root becomes, may not.
  const input = await readVariableFile(file);
  return await withVault(options.config, async (_app, vault) => {
    const values = readDotenv(input, file === "-" ? "standard input" : file);
    await vault.set(owner, values, person());
    const names = [...values.keys()];
    if (print.isJson) print.json({ target: targetName(owner), set: names });
    else print.line(`set for ${targetName(owner)}: ${names.join(", ")}; the next deployment uses them`);
    return 0;
  });
}
