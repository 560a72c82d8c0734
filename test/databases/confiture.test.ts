import { chmodSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { migrationScene } from "../helpers/migrations.ts";

/**
 * Stands for Confiture, which cannot be installed everywhere: it prints what `migrate status --format json` of 1.x does, takes back what was
 * applied last, and exits 3 with an empty answer where it cannot reach its database.
 */
const CONFITURE = `#!/bin/sh
test "$2" = down && { sed -i '$d' applied; exit; }
test -e applied || { echo '{"applied": [], "migrations": [], "pending": []}'; exit 3; }
echo '{"applied": ['
sort applied | sed 's/ .*//; s/.*/"&"/' | paste -sd,
echo '], "migrations": ['
sort applied | sed 's/\\(.*\\) \\(.*\\)/{"version": "\\1", "applied_at": "\\2"}/' | paste -sd,
echo ']}'
exit 1
`;

describe("Confiture, as it prints", () => {
  async function scene(applied: string | null) {
    const made = await migrationScene({ tool: "confiture", command: ["./confiture"] }, undefined);
    made.files({ confiture: CONFITURE, ...(applied === null ? {} : { applied }) });
    for (const name of ["001_a", "002_b", "003_c"])
      made.files({ [`db/migrations/${name}.up.sql`]: "", [`db/migrations/${name}.down.sql`]: "" });
    chmodSync(join(made.folder, "confiture"), 0o755);
    return made;
  }
  const OUT_OF_ORDER = "001 2026-01-01T00:00:00+00:00\n003 2026-01-02T10:00:00+00:00\n002 2026-01-02T12:30:00+02:00\n";

  it("is never asked to take back another one than the one that is meant", async () => {
    const { migrator, states } = await scene(OUT_OF_ORDER);
    await expect(migrator().takeBack((found) => found)).rejects.toThrow(
      "003_c could not be taken back: Confiture takes back what was applied last, and that is 002; applied still: 001_a, 002_b, 003_c",
    );
    await migrator().takeBack((found) => found.slice(1, 2));
    expect(await states()).toEqual(["001_a applied", "002_b pending late", "003_c applied"]);
    await migrator().takeBack((found) => found.filter(({ state }) => state === "applied"));
    expect(await states()).toEqual(["001_a pending", "002_b pending", "003_c pending"]);
  });

  it("is not believed that nothing is applied where it could not ask", async () => {
    const { states } = await scene(null);
    await expect(states()).rejects.toThrow("asking Confiture: ended with exit code 3");
  });
});
