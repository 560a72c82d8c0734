import { readFile } from "node:fs/promises";
import { PermissionDenied, UsageError } from "../../domain/errors.ts";
import { isDenied } from "../../domain/is-denied.ts";
import { harmless } from "../../domain/harmless.ts";
import { readInput } from "../prompt/read-secret.ts";

/** The text of a dotenv file; `-` is standard input. @throws UsageError, PermissionDenied */
export async function readVariableFile(file: string): Promise<string> {
  if (file === "-") return await readInput();
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await readFile(file));
  } catch (cause) {
    if (isDenied(cause)) throw new PermissionDenied(`this user may not read ${harmless(file)}`, { cause });
    const why =
      cause instanceof TypeError ? "it is not UTF-8 text" : ((cause as NodeJS.ErrnoException).code ?? String(cause));
    throw new UsageError(`cannot read ${harmless(file)}: ${why}`, { cause });
  }
}
