import { chmodSync, chownSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findConfig } from "../../src/config/file/find-config.ts";
import { asNobody } from "../helpers/as-nobody.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const isRoot = process.getuid?.() === 0;
const uid = process.getuid?.();

/** A folder with an installed file and one in the current folder, as far as they are named. */
function places(...names: readonly ("installed" | "local")[]): {
  installed: string;
  folder: string;
  uid: number | undefined;
} {
  const root = temporaryFolder();
  chmodSync(root, 0o755);
  for (const name of ["etc", "here"]) mkdirSync(join(root, name), { mode: 0o755 });
  const [installed, folder] = [join(root, "etc/fraises.yaml"), join(root, "here")];
  if (names.includes("installed")) writeFileSync(installed, "", { mode: 0o644 });
  if (names.includes("local")) writeFileSync(join(folder, "fraises.yaml"), "", { mode: 0o644 });
  return { installed, folder, uid };
}

describe("finding fraises.yaml", () => {
  it("takes --config, then $FRAISIER_CONFIG, then the installed file, then the one in the current folder", () => {
    const both = places("installed", "local");
    const local = join(both.folder, "fraises.yaml");
    const named = join(temporaryFolder(), "named.yaml");
    writeFileSync(named, "");
    expect(findConfig(named, { FRAISIER_CONFIG: local }, both)).toBe(named);
    expect(findConfig(undefined, { FRAISIER_CONFIG: named }, both)).toBe(named);
    expect(findConfig(undefined, { FRAISIER_CONFIG: "" }, both)).toBe(both.installed);
    const only = places("local");
    expect(findConfig(undefined, {}, only)).toBe(join(only.folder, "fraises.yaml"));
  });

  it("says where it looked", () => {
    expect(() => findConfig("/nowhere/f.yaml", {})).toThrow("there is no /nowhere/f.yaml");
    const none = places();
    expect(() => findConfig(undefined, {}, none)).toThrow(
      expect.objectContaining({ hint: expect.stringContaining(`${none.installed} and ${none.folder}/fraises.yaml`) }),
    );
  });

  it("refuses a file in a folder that everybody may write, and takes it if it is named", () => {
    const open = places("local");
    const file = join(open.folder, "fraises.yaml");
    chmodSync(open.folder, 0o777);
    expect(() => findConfig(undefined, {}, open)).toThrow(
      `${file} is not read without being named: the folder ${open.folder} of ${file} may be written by everybody`,
    );
    expect(findConfig(file, {}, open)).toBe(file);
    chmodSync(open.folder, 0o755);
    chmodSync(file, 0o666);
    expect(() => findConfig(undefined, {}, open)).toThrow("it may be written by everybody");
  });

  it.runIf(isRoot)("refuses what belongs to another user, or a link to it, and what another group may write", () => {
    const theirs = places("local");
    const file = join(theirs.folder, "fraises.yaml");
    chownSync(file, 65_534, 65_534);
    expect(() => findConfig(undefined, {}, theirs)).toThrow("it belongs to user 65534");
    chownSync(file, 0, 0);
    chownSync(theirs.folder, 65_534, 65_534);
    expect(() => findConfig(undefined, {}, theirs)).toThrow("belongs to user 65534");
    const linked = places();
    symlinkSync(file, join(linked.folder, "fraises.yaml"));
    expect(() => findConfig(undefined, {}, linked)).toThrow("belongs to user 65534");

    const shared = places("installed");
    chmodSync(shared.installed, 0o664);
    chownSync(shared.installed, 0, 0);
    expect(findConfig(undefined, {}, shared)).toBe(shared.installed);
    chownSync(shared.installed, 0, 50);
    expect(() => findConfig(undefined, {}, shared)).toThrow("it may be written by the group 50");
    // The service's user reads what root installed, whoever else may write it.
    expect(findConfig(undefined, {}, { ...shared, uid: 1000 })).toBe(shared.installed);
    // A private group, as Debian makes them.
    const own = places("local");
    for (const path of [own.folder, join(own.folder, "fraises.yaml")]) {
      chownSync(path, 1000, 1000);
      chmodSync(path, 0o775);
    }
    expect(findConfig(undefined, {}, { ...own, uid: 1000 })).toBe(join(own.folder, "fraises.yaml"));
  });

  it.runIf(isRoot)("never takes the current folder's file because it may not look at the installed one", async () => {
    const closed = places("installed", "local");
    chmodSync(join(closed.installed, ".."), 0o700);
    const seen = await asNobody(
      `const { findConfig } = await import("$SRC/config/file/find-config.ts");
       try { console.log(findConfig(undefined, {}, { ...${JSON.stringify(closed)}, uid: 65534 })); }
       catch (error) { console.log(error.exitCode, error.message, error.hint); }`,
    );
    expect(seen.trim()).toBe(
      `4 this user may not read ${closed.installed} Run it with sudo; or --config ${closed.folder}/fraises.yaml names another one.`,
    );
  });
});
