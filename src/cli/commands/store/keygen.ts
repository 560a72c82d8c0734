import { resolve } from "node:path";
import { newIdentity } from "../../../archives/age-streams.ts";
import { UsageError } from "../../../domain/errors.ts";
import { localFiles } from "../../../host/local-files.ts";
import { EXIT } from "../../exit-codes.ts";
import type { Invocation } from "../../command-entry.ts";

/** `fraisier store keygen --to <file>`: an identity that opens backups, and the recipient to make them for. */
export async function run({ options, print }: Invocation<{ readonly to?: string }>): Promise<number> {
  if (options.to === undefined) throw new UsageError("say where the identity is written: --to <file>");
  const file = resolve(options.to);
  const { identity, recipient } = await newIdentity();
  if (!(await localFiles.createSecret(file, `# recipient: ${recipient}\n${identity}\n`)))
    throw new UsageError(`${file} is there already, and is not replaced`);
  if (print.isJson) print.json({ file, recipient });
  else {
    print.line(recipient);
    print.line(`Keep ${file} away from this machine: without it, no backup for this recipient can be opened.`);
  }
  return EXIT.ok;
}
