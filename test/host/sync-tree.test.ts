import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { asNobody } from "../helpers/as-nobody.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const MODULE = join(import.meta.dirname, "../../src/host/sync-tree.ts");

/** The names of what is synced, by the system call, when a process syncs this tree while so many bytes wait to be written. */
function synced(tree: string, dirtyBytes: number): Record<string, readonly string[]> {
  const trace = join(temporaryFolder(), "trace");
  const script = `const { syncTree } = await import(${JSON.stringify(MODULE)}); await syncTree(${JSON.stringify(tree)}, async () => ${dirtyBytes});`;
  const node = [process.execPath, "--input-type=module", "--eval", script];
  execFileSync("strace", ["-f", "-qq", "-y", "-e", "trace=fsync,syncfs", "-o", trace, ...node]);
  const calls = [...readFileSync(trace, "utf8").matchAll(/(fsync|syncfs)\(\d+<([^>]*)>/g)];
  const namesOf = (call: string): string[] => calls.flatMap(([, name, path = ""]) => (name === call ? [path] : []));
  return { fsync: namesOf("fsync").toSorted(), syncfs: namesOf("syncfs") };
}

function release(): string {
  const folder = join(temporaryFolder(), "release");
  mkdirSync(join(folder, "bin"), { recursive: true });
  for (const name of ["a", "b", "c", "bin/run"]) writeFileSync(join(folder, name), name);
  symlinkSync("/etc/passwd", join(folder, "link"));
  return folder;
}

const GIGABYTE = 2 ** 30;

it("syncs the files and folders of a small release alone, if others have much to write", () => {
  const folder = release();
  const all = [folder, ...["a", "b", "bin", "bin/run", "c"].map((name) => join(folder, name))];
  expect(synced(folder, GIGABYTE)).toEqual({ fsync: all.toSorted(), syncfs: [] });
});

it("syncs the file system by one call, if others have little to write", () => {
  const folder = release();
  expect(synced(folder, 0)).toEqual({ fsync: [], syncfs: [folder] });
});

it.runIf(process.getuid?.() === 0)("syncs a release of which this user may not read a file", async () => {
  const folder = release();
  chmodSync(dirname(folder), 0o755);
  chmodSync(join(folder, "a"), 0o600);
  const sync = `await syncTree(${JSON.stringify(folder)}, async () => ${GIGABYTE}); console.log("on disk");`;
  expect(await asNobody(`import { syncTree } from "$SRC/host/sync-tree.ts"; ${sync}`)).toBe("on disk\n");
});
