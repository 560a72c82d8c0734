import { readFile } from "node:fs/promises";
import { UsageError } from "../../domain/errors.ts";
import { targetName } from "../../domain/fraise.ts";
import { person } from "../person.ts";
import { harmless } from "../print.ts";
import { readDotenv } from "../read-dotenv.ts";
import { readInput } from "../read-secret.ts";
import { ownerOf } from "./variable-command.ts";
import type { VariableInvocation } from "./variable-command.ts";

/** `fraisier env import <fraise> [file]`: a dotenv file, or standard input; all of it or nothing. */
export async function importVariables(invocation: VariableInvocation): Promise<number> {
  const { vault, args, print } = invocation;
  const owner = ownerOf(invocation);
  const [, file = "-"] = args;
  const values = readDotenv(
    file === "-" ? await readInput() : await read(file),
    file === "-" ? "standard input" : file,
  );
  await vault.set(owner, values, person());
  const names = [...values.keys()];
  if (print.isJson) print.json({ target: targetName(owner), set: names });
  else print.line(`set for ${targetName(owner)}: ${names.join(", ")}; the next deployment uses them`);
  return 0;
}

async function read(file: string): Promise<string> {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await readFile(file));
  } catch (cause) {
    const why =
      cause instanceof TypeError ? "it is not UTF-8 text" : ((cause as NodeJS.ErrnoException).code ?? String(cause));
    throw new UsageError(`cannot read ${harmless(file)}: ${why}`, { cause });
  }
}
