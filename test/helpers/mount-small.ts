import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** Puts a file system of some MiB in a folder's place; its files move in. False, said aloud, where that is not allowed. */
export function mountSmall(parent: string, name: string, mebibytes: number): boolean {
  const folder = join(parent, name);
  const aside = `${folder}.aside`;
  const source = `fraisier-test-${randomUUID()}`;
  try {
    execFileSync("mv", [folder, aside]);
    mkdirSync(folder);
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${mebibytes}m`, source, folder], { stdio: "pipe" });
  } catch (error) {
    process.stderr.write(`NOT TESTED: no file system can be mounted here (${String(error)})\n`);
    return false;
  }
  // Wherever it is by then: folders above it may have been renamed.
  onTestFinished(() => {
    const mounts = readFileSync("/proc/self/mounts", "utf8").split("\n");
    const target = mounts.find((line) => line.startsWith(`${source} `))?.split(" ")[1];
    if (target !== undefined) execFileSync("umount", ["--lazy", target]);
  });
  execFileSync("cp", ["-a", `${aside}/.`, folder]);
  return true;
}
