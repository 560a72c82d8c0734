import { EXIT } from "../exit-codes.ts";
import type { Print } from "../print/print.ts";
import { showDiff } from "../print/show-diff.ts";
import { INSTALL } from "./installed-privileges.ts";
import type { WantedPrivileges } from "./wanted-privileges.ts";

interface Difference {
  /** A patch; `""` if everything is as it should be. */
  readonly diff: string;
  readonly written: boolean;
  readonly isDryRun?: boolean;
}

/** Prints what `diff` and `install` found. Gives the exit code of `diff`. */
export function tellDifference(
  { file, user, units, notes, commandUsers, files }: WantedPrivileges,
  { diff, written, isDryRun = false }: Difference,
  print: Print,
): number {
  if (print.isJson) {
    print.json({ file, user, units, notes, command_users: commandUsers, equal: diff === "", diff, written });
    return diff === "" ? EXIT.ok : EXIT.failed;
  }
  showDiff(diff, print);
  const all = [...files.keys()].join(", ");
  if (diff === "") print.line(`${all}: as fraises.yaml needs ${files.size === 1 ? "it" : "them"}`);
  else if (written) print.line(`${all}: written; polkit reads its rule by itself`);
  else if (isDryRun) print.line("dry run: nothing was written");
  else print.line(`${all}: not what fraises.yaml needs: ${INSTALL}`);
  for (const note of notes) print.line(note);
  return diff === "" ? EXIT.ok : EXIT.failed;
}
