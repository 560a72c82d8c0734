import {
  chmodSync,
  chownSync,
  existsSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { localFiles } from "../../src/host/local-files.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const isRoot = process.getuid?.() === 0;

describe("replacing files", () => {
  it("rewrites through a link and keeps mode and owner", async () => {
    const folder = temporaryFolder();
    const [real, link] = [join(folder, "real"), join(folder, "link")];
    writeFileSync(real, "before");
    chmodSync(real, 0o604);
    if (isRoot) chownSync(real, 1234, 4321);
    symlinkSync("real", link);
    await localFiles.rewriteText(link, "after");
    expect(readFileSync(real, "utf8")).toBe("after");
    expect(statSync(real)).toMatchObject({ mode: 0o100604, ...(isRoot ? { uid: 1234, gid: 4321 } : {}) });
    expect(readdirSync(folder).toSorted()).toEqual(["link", "real"]);
    await expect(localFiles.rewriteText(join(folder, "absent"), "x")).rejects.toThrow("cannot write");
  });

  it("makes a secret once, whoever else tries at the same moment", async () => {
    const folder = temporaryFolder();
    const path = join(folder, "key");
    if (isRoot) chownSync(folder, 1234, 4321);
    const made = await Promise.all(
      Array.from({ length: 10 }, (_, index) => localFiles.createSecret(path, String(index))),
    );
    expect(made.filter(Boolean)).toHaveLength(1);
    expect(readFileSync(path, "utf8")).toBe(String(made.indexOf(true)));
    expect(statSync(path)).toMatchObject({ mode: 0o100600, ...(isRoot ? { uid: 1234, gid: 4321 } : {}) });
    expect(await localFiles.permissions(path)).toBe(0o600);
    expect(await localFiles.permissions(join(folder, "absent"))).toBeUndefined();
    expect(readdirSync(folder)).toEqual(["key"]);
  });

  it("keeps a file as it is under another name, again and again", async () => {
    const folder = temporaryFolder();
    const [file, kept] = [join(folder, "file"), join(folder, "kept")];
    expect(await localFiles.keep(file, kept)).toBe(false);
    writeFileSync(file, "old", { mode: 0o640 });
    expect(await localFiles.keep(file, kept)).toBe(true);
    expect(await localFiles.keep(file, kept)).toBe(true);
    await localFiles.writeSecret(file, "new");
    expect([readFileSync(file, "utf8"), readFileSync(kept, "utf8")]).toEqual(["new", "old"]);
    expect([statSync(file).mode, statSync(kept).mode]).toEqual([0o100600, 0o100640]);
    await localFiles.rename(kept, file);
    expect(readFileSync(file, "utf8")).toBe("old");
    expect(existsSync(kept)).toBe(false);
    expect(readdirSync(folder)).toEqual(["file"]);
    await expect(localFiles.writeSecret(file, "x", "no-such-user")).rejects.toThrow("there is no user no-such-user");
  });
});
