import type { Invocation } from "../../command-entry.ts";
import { EXIT } from "../../exit-codes.ts";
import { wantedPrivileges } from "../../machine/wanted-privileges.ts";
import type { PrivilegeOptions } from "../../machine/wanted-privileges.ts";

/** `fraisier privileges show`. */
export async function run({ options, print }: Invocation<PrivilegeOptions>): Promise<number> {
  const { file, user, units, rule, notes, commandUsers, files } = await wantedPrivileges(options);
  const unitFiles = [...files].filter(([path, text]) => path !== file && text !== "");
  if (print.isJson) {
    const unit_files = unitFiles.map(([path, text]) => ({ path, text }));
    print.json({ file, user, units, rule, notes, command_users: commandUsers, unit_files });
    return EXIT.ok;
  }
  print.line(rule === "" ? "// No unit of fraises.yaml needs a polkit rule." : rule.trimEnd());
  for (const [path, text] of unitFiles) print.line(`\n# ${path}\n${text.trimEnd()}`);
  for (const note of notes) print.line(`// ${note}`);
  return EXIT.ok;
}
