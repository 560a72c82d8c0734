import { expect, it } from "vitest";
import { machineOfThisFile } from "../installed/machine.ts";
import type { Machine, MachineOptions } from "../installed/machine.ts";
import { beginsAs, blocksOf, isRun, lineOf } from "./blocks.ts";
import type { Block } from "./blocks.ts";

export interface PageOptions extends MachineOptions {
  /** A page that its readers follow first, up to one of its headings. */
  readonly after?: { readonly page: string; readonly until: string };
  /** Who reads the page: `root` unless told otherwise. `admin` may use sudo, `developer` may not; both have a home folder. */
  readonly reader?: string;
}

/** Follows a page word for word on a bare Debian: runs its shell blocks in order, and writes its files. Gives the machine, for tests of where that led. */
export function runPage(page: string, { reader = "root", prepare = "", after, ...options }: PageOptions = {}): Machine {
  // As on a machine of one's own, commands of repositories run in a sandbox there.
  const machine = machineOfThisFile({ wholeProc: true, ...options, prepare: `${PEOPLE}\n${prepare}` });
  if (after !== undefined) followPage(machine, after.page, reader, after.until);
  followPage(machine, page, reader);
  return machine;
}

/** Follows one more page on a machine that there is already. @param until the heading at which to stop, `## 5. Push`; undefined for the whole page. */
export function followPage(machine: Machine, page: string, reader: string, until?: string): void {
  let failed: string | undefined;
  const end = until === undefined ? Infinity : lineOf(page, until);
  for (const block of blocksOf(page).filter((each) => isRun(each) && each.line < end)) {
    const where = `${page}:${block.line}`;
    it(`follows ${where}`, async ({ skip }) => {
      if (failed !== undefined) skip(`${failed} failed before`);
      failed = where;
      expect(await follow(machine, block, block.marks["run as"] ?? reader)).toBe("as the page says");
      failed = undefined;
    });
  }
}

const PEOPLE = `
  for name in admin developer; do useradd --create-home --shell /bin/bash $name; done
  echo 'admin ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/admin
  git config --system user.name 'A developer'; git config --system user.email developer@example.com
  git config --system init.defaultBranch main`;

async function follow(machine: Machine, { text, marks, output }: Block, user: string): Promise<string> {
  if (marks.file !== undefined) {
    await machine.as(user, `mkdir -p "$(dirname ${marks.file})" && cat > ${marks.file}`, `${text}\n`);
    return "as the page says";
  }
  const result = await machine.tries(user, continued(text));
  const printed = `${text}\n\nended with ${result.exitCode} and printed:\n${result.stdout}${result.stderr}`;
  if (result.exitCode !== Number(marks.exit ?? 0)) return printed;
  if (output !== undefined && !beginsAs(output, result.stdout))
    return `${printed}\nwhich does not begin as:\n${output}`;
  return "as the page says";
}

/** A block goes on in the folder and with the variables of the block before it, as in one terminal; unlike there, the first command that fails ends it. */
function continued(text: string): string {
  return `
state=/var/tmp/terminal-$(id -u)
set +eu
if [ -e "$state" ]; then . "$state" 2> /dev/null; fi
trap '{ printf "cd %q\\n" "$PWD"; declare -p | grep "^declare -[-x]* [A-Za-z]"; } > "$state"' EXIT
set -e -o pipefail
exec 2>&1
${text}
`;
}
