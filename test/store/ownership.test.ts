import { chownSync, existsSync, mkdirSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openStore } from "../../src/store/store.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

describe.runIf(process.getuid?.() === 0)("a store that root makes", () => {
  it("belongs to the owner of its folder", async () => {
    const folder = join(temporaryFolder(), "store");
    mkdirSync(folder);
    chownSync(folder, 65_534, 65_534);
    const store = await openStore(`sqlite:${folder}/fraisier.db`);
    store.poke();
    await store.close();
    for (const name of ["fraisier.db", "fraisier.db.poke"])
      expect(statSync(join(folder, name))).toMatchObject({ uid: 65_534, gid: 65_534 });
    expect(statSync(join(folder, "fraisier.db")).mode & 0o777).toBe(0o640);
  });

  it("gives nothing away that a link in the folder names", async () => {
    const folder = temporaryFolder();
    const [mine, theirs] = [join(folder, "mine"), join(folder, "theirs")];
    for (const path of [mine, theirs]) mkdirSync(path);
    chownSync(theirs, 65_534, 65_534);
    symlinkSync(join(mine, "task"), join(theirs, "fraisier.db.poke"));
    const store = await openStore(`sqlite:${theirs}/fraisier.db`);
    expect(() => store.poke()).toThrow("ELOOP");
    await store.close();
    expect(existsSync(join(mine, "task"))).toBe(false);
  });
});
