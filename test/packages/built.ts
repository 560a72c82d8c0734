import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../..");

/** Builds packages into a folder of their own. */
export function build(...args: readonly string[]): { readonly folder: string; readonly remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), "fraisier-packages-"));
  execFileSync(join(ROOT, "scripts/package"), [...args, "--quick", "--output", folder], { cwd: ROOT, stdio: "pipe" });
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** The one file in a folder whose name ends so. */
export function fileWithEnd(folder: string, end: string): string {
  const [name, ...others] = readdirSync(folder).filter((each) => each.endsWith(end));
  if (name === undefined || others.length > 0) throw new Error(`${folder} should have one file ending in ${end}`);
  return join(folder, name);
}

export interface Entry {
  readonly mode: string;
  readonly owner: string;
  readonly size: number;
}

/** The entries of a tar archive on standard output of a command, by path without `./`. */
export function entriesOf(command: string): ReadonlyMap<string, Entry> {
  const listing = execFileSync("/bin/sh", ["-c", `${command} | tar -tv --numeric-owner -f -`], {
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  return new Map(
    listing
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => {
        const [mode = "", owner = "", size = "", , , ...path] = line.split(/ +/);
        return [path.join(" ").replace(/^\.\//, ""), { mode, owner, size: Number(size) }];
      }),
  );
}
