import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { families } from "../../src/compose/app.ts";
import { watchConfig } from "../../src/config/file/watch-config.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

describe("watching fraises.yaml", () => {
  it("gives the settings as they are now, or the fault; a variable that is set in its file mends one", async () => {
    const folder = temporaryFolder();
    const file = join(folder, "fraises.yaml");
    const look = watchConfig(file, families);
    expect((await look()).fault).toContain("cannot be read");
    writeFileSync(file, "name: one\n");
    expect((await look()).config?.name).toBe("one");
    expect((await look()).config).toBe((await look()).config);
    writeFileSync(file, 'name: two\nstore: { url: "${NO_SUCH_STORE}" }\n');
    expect((await look()).fault).toMatch(/^\S+fraises.yaml:2:15 the environment variable NO_SUCH_STORE is not set/);
    writeFileSync(join(folder, "environment"), "NO_SUCH_STORE=sqlite:/nowhere.db\n");
    expect((await look()).config?.name).toBe("two");
  });
});
