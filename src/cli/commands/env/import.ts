import { targetName } from "../../../domain/fraise.ts";
import { person } from "../../person.ts";
import { readDotenv } from "../../variables/read-dotenv.ts";
import { ownerOf } from "../../variables/variable-command.ts";
import type { VariableInvocation } from "../../variables/variable-command.ts";

/** `fraisier env import <fraise> [file]`: a dotenv file, or standard input; all of it or nothing. */
export async function importVariables(invocation: VariableInvocation): Promise<number> {
  const { vault, args, print, input = "" } = invocation;
  const owner = ownerOf(invocation);
  const [, file = "-"] = args;
  const values = readDotenv(input, file === "-" ? "standard input" : file);
  await vault.set(owner, values, person());
  const names = [...values.keys()];
  if (print.isJson) print.json({ target: targetName(owner), set: names });
  else print.line(`set for ${targetName(owner)}: ${names.join(", ")}; the next deployment uses them`);
  return 0;
}
