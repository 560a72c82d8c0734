import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openStore } from "../../src/store/store.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const STORE = join(import.meta.dirname, "../../src/store/store.ts");

/** What user nobody is told who opens a store. */
function asNobody(file: string): string {
  const script = `import { openStore } from ${JSON.stringify(STORE)};
    await openStore(${JSON.stringify(`sqlite:${file}`)}).catch((error) => console.log(error.hint));`;
  const args = [
    "--reuid=65534",
    "--regid=65534",
    "--clear-groups",
    process.execPath,
    "--input-type=module-typescript",
    "-e",
    script,
  ];
  return execFileSync("setpriv", args, { encoding: "utf8", cwd: "/" });
}

describe.skipIf(process.getuid?.() !== 0)("a store that belongs to somebody else", () => {
  it("is told with the command for just what is not writable", async () => {
    const folder = join(temporaryFolder(), "of all");
    mkdirSync(folder);
    chmodSync(join(folder, ".."), 0o755);
    chmodSync(folder, 0o1777);
    const file = join(folder, "store.db");
    await (await openStore(`sqlite:${file}`)).close();
    // Never the whole folder, which may be /tmp.
    expect(asNobody(file)).toContain(
      `${file} belongs to user 0, and this runs as user 65534: run it as its owner, or \`chown 65534 '${file}'*\`;`,
    );
    chmodSync(folder, 0o755);
    expect(asNobody(file)).toContain(`or \`chown 65534 '${folder}' '${file}'*\`;`);
    expect(asNobody(join(folder, "new.db"))).toContain(
      `${folder} belongs to user 0, and this runs as user 65534: run it as its owner, or \`chown 65534 '${folder}'\`;`,
    );
  });
});
