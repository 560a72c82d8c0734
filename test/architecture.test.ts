import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { PHASES } from "../src/domain/phase.ts";
import { checkImports, importsOf } from "./check-imports.ts";
import { FAMILIES, IMPORT_TABLE } from "./import-table.ts";

const src = join(import.meta.dirname, "../src");
const sources = new Map(globSync("**/*.ts", { cwd: src }).map((path) => [path, readFileSync(join(src, path), "utf8")]));

describe("the house", () => {
  it("imports only what the table allows", () => {
    expect(checkImports(sources, IMPORT_TABLE, FAMILIES)).toEqual([]);
  });

  it("is seen whole: every file but those of plain types imports something", () => {
    expect(sources.size).toBeGreaterThan(90);
    const silent = [...sources].filter(
      ([path, text]) => /^(import|export .* from)\b/m.test(text) && importsOf(path, text).length === 0,
    );
    expect(silent).toEqual([]);
  });

  it("has a row in the table only for what is there", () => {
    const places = new Set([...sources.keys()].map((path) => path.split("/")[0]));
    expect(Object.keys(IMPORT_TABLE).filter((place) => !places.has(place))).toEqual([]);
  });
});

describe("ARCHITECTURE.md", () => {
  it("has the crash table of the code", () => {
    const page = readFileSync(join(src, "../ARCHITECTURE.md"), "utf8");
    const rows = [...page.matchAll(/^\| ((?:`\w+` ?)+) \| `(rerun|roll back)` \|/gm)];
    const told = rows.flatMap(([, phases = "", onCrash = ""]) =>
      [...phases.matchAll(/`(\w+)`/g)].map(([, name = ""]) => `${name}: ${onCrash}`),
    );
    expect(told.toSorted()).toEqual(PHASES.map(({ name, onCrash }) => `${name}: ${onCrash}`).toSorted());
  });
});

describe("the checker", () => {
  const table = {
    forges: { uses: ["domain"], knows: ["store"], packages: ["zod", "node:crypto"] },
    domain: { uses: [], knows: [], packages: [] },
    store: { uses: [], knows: [], packages: ["node:"] },
  };
  const families = { forges: ["forge.ts"] };
  const clean: Readonly<Record<string, string>> = {
    "forges/github.ts":
      'import type { Forge } from "./forge.ts";\nimport { createHmac } from "node:crypto";\nimport { x } from "../domain/x.ts";\n',
    "forges/index.ts": 'import { github } from "./github.ts";\n',
    "forges/forge.ts": 'import type { Store } from "../store/store.ts";\nimport {\n  z,\n} from "zod/mini";\n',
    "store/store.ts": 'import { readFileSync } from "node:fs";\n',
  };
  const check = (planted: Readonly<Record<string, string>>): readonly string[] =>
    checkImports(new Map(Object.entries({ ...clean, ...planted })), table, families);

  it("has nothing against a clean house", () => {
    expect(check({})).toEqual([]);
  });

  it.each([
    ["a forbidden folder", { "domain/x.ts": 'import { github } from "../forges/github.ts";\n' }, "may not know forges"],
    [
      "more than types",
      { "forges/gitlab.ts": 'import { openStore } from "../store/store.ts";\n' },
      "more than its types",
    ],
    [
      "a re-export of more than types",
      { "forges/gitlab.ts": 'export { openStore } from "../store/store.ts";\n' },
      "more than its types",
    ],
    ["a dynamic import", { "domain/x.ts": 'const x = await import("../store/store.ts");\n' }, "may not know store"],
    ["a package", { "domain/x.ts": 'import { spawn } from "node:child_process";\n' }, "the package node:child_process"],
    ["an import for its effect", { "domain/x.ts": 'import "hono";\n' }, "the package hono"],
    [
      "a sibling of the family",
      { "forges/gitea.ts": 'import { github } from "./github.ts";\n' },
      "do not know each other",
    ],
    ["a new folder", { "utils/x.ts": "" }, "src/utils is not in the import table"],
    ["an index without a family", { "store/index.ts": "" }, "only families have an index.ts"],
    ["a name given twice", { "domain/store.ts": "" }, "has the name of"],
  ])("reports %s", (_, planted, message) => {
    expect(check(planted)).toEqual([expect.stringContaining(message)]);
  });

  it("is not green when it sees no imports", () => {
    expect(checkImports(new Map([["domain/x.ts", "export const x = 1;\n"]]), table, families)).toHaveLength(1);
  });
});
