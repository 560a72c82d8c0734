import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const REPOSITORY = join(import.meta.dirname, "../..");

/**
 * Makes the bare Debian root and the packages, once for a run of vitest: test/installed/machine.ts installs them in machines. FRAISIER_TEST_PACKAGES names a
 * folder with packages that are there already.
 */
export default function setup(): () => void {
  const output = (program: string, ...args: readonly string[]): string =>
    execFileSync(program, args, { cwd: REPOSITORY, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] }).trim();
  process.env["FRAISIER_DEBIAN_ROOT"] ??= output("scripts/debian-root");
  if (process.env["FRAISIER_TEST_PACKAGES"] !== undefined) return () => {};
  const folder = mkdtempSync(join(tmpdir(), "fraisier-packages-"));
  process.env["FRAISIER_TEST_PACKAGES"] = folder;
  const built = output("scripts/package", "deb", "--quick").split("\n").at(-1) ?? "";
  renameSync(join(REPOSITORY, built), join(folder, "fraisier.deb"));
  makeNewer(folder);
  return () => rmSync(folder, { recursive: true, force: true });
}

/** The same package under a higher version. */
function makeNewer(folder: string): void {
  const tree = join(folder, "newer");
  execFileSync("dpkg-deb", ["--raw-extract", join(folder, "fraisier.deb"), tree]);
  const part = (name: string): string => join(tree, "DEBIAN", name);
  const version = /^Version: (.*)$/m.exec(readFileSync(part("control"), "utf8"))?.[1] ?? "";
  for (const name of ["control", "preinst", "postinst", "prerm", "postrm"])
    writeFileSync(part(name), readFileSync(part(name), "utf8").replaceAll(version, `${version}+newer`));
  execFileSync("dpkg-deb", [
    "--root-owner-group",
    "-Zgzip",
    "-z1",
    "--build",
    tree,
    join(folder, "fraisier-newer.deb"),
  ]);
  rmSync(tree, { recursive: true });
}
