import { spawnSync } from "node:child_process";
import { cpSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { missingEvidence } from "../helpers/forge-fixtures.ts";
import { temporaryFolder } from "../helpers/temporary.ts";
import { changed, followPage } from "./follow-page.ts";
import { pages } from "./blocks.ts";

const ROOT = join(import.meta.dirname, "../..");
const COPIED = [
  "src",
  "scripts/typed-tables.ts",
  "test/contracts",
  "test/helpers",
  "test/fixtures/webhooks",
  "test/store",
  "test/docs",
];
/** They hold the members of the pages to the rules of their families. */
const TESTS = ["test/contracts/forge", "test/contracts/check", "test/store/enqueue", "test/store/record-deliveries"];

describe("a page that shows how to add a member of a family", () => {
  it("gives a member that compiles, is registered, and that the tests of its family accept", () => {
    const copy = copyOfRepository();
    const config = {
      extends: join(ROOT, "tsconfig.json"),
      include: ["src", "test/contracts/forge.*", "test/contracts/check.*"],
    };
    writeFileSync(join(copy, "tsconfig.json"), JSON.stringify(config));

    const followed = pages().filter((page) => page.startsWith("docs/adding-"));
    expect(followed).toHaveLength(5);
    for (const page of followed) followPage(page, copy);

    expect(run(copy, "tsc", "--noEmit")).toBe("");
    const report = run(copy, "vitest", "run", "--reporter=verbose", ...TESTS);
    for (const name of ["forge orchard > understands push", "check program > passes", "the list of checks"])
      expect(report).toContain(name);
    expect(report).toMatch(/Test Files {2}4 passed/);
  }, 300_000);

  it("gives a column that a fresh store has, with the type that the page gives it", () => {
    // In a copy of its own: the tests of tables ask SQLite, and the page of the store backends makes another backend the usual one.
    const copy = copyOfRepository();
    followPage("docs/adding-a-column.md", copy);
    expect(run(copy, "vitest", "run", "test/store/tables")).toMatch(/Test Files {2}1 passed/);
  }, 300_000);

  it("names the line that a change of it no longer finds", () => {
    expect(changed("a\nb\nc", " a\n-b\n+d", "x")).toBe("a\nd\nc");
    expect(() => changed("a\nb", "-c\n+d", "docs/x.md:3: src/y.ts")).toThrow(
      'docs/x.md:3: src/y.ts has no line "c" for this change',
    );
  });
});

describe("a forge without evidence", () => {
  it("is told in one sentence which files and lines it lacks", () => {
    expect(missingEvidence("gitea")).toBeUndefined();
    expect(missingEvidence("orchard")).toBe(
      "the forge orchard lacks a recorded push (test/fixtures/webhooks/orchard/push.json and push.body), " +
        "a recorded deletion (test/fixtures/webhooks/orchard/branch-deleted.json and branch-deleted.body), " +
        "its line in SIGNED (test/helpers/forge-fixtures.ts), its line in REPEATS (test/helpers/forge-fixtures.ts): " +
        "docs/adding-a-forge.md shows them",
    );
  });
});

function copyOfRepository(): string {
  const copy = temporaryFolder();
  for (const path of [...COPIED, "package.json"]) cpSync(join(ROOT, path), join(copy, path), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));
  writeFileSync(join(copy, "vitest.config.ts"), "export default { test: { maxWorkers: 1, testTimeout: 120_000 } };");
  return copy;
}

/** The output of a tool of this repository, without colours. */
function run(folder: string, tool: string, ...args: readonly string[]): string {
  const env = { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined, VITEST: undefined };
  const { stdout, stderr } = spawnSync(join(ROOT, "node_modules/.bin", tool), args, {
    cwd: folder,
    env,
    encoding: "utf8",
  });
  return `${stdout}${stderr}`;
}
