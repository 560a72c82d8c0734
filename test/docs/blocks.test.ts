import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { families } from "../../src/compose/app.ts";
import { parseConfig } from "../../src/config/load.ts";
import { ConfigError } from "../../src/domain/errors.ts";
import { beginsAs, blocksOf, isRun, pages, parseBlocks, problemOf } from "./blocks.ts";
import type { Block } from "./blocks.ts";
import { completeFragment } from "./complete-fragment.ts";

const blocks = pages().flatMap(blocksOf);
const where = ({ page, line }: { page: string; line: number }): string => `${page}:${line}`;

describe("the blocks of the pages", () => {
  it("are shell, YAML or text, or say by a mark what they are", () => {
    const wrong = blocks.flatMap((block) => problemOf(block)?.replace(/^/, `${where(block)}: `) ?? []);
    expect(wrong).toEqual([]);
  });

  it("are run, if any of a page can be: each such page has a test in test/docs/pages", () => {
    const folder = join(import.meta.dirname, "pages");
    const tests = globSync("*.test.ts", { cwd: folder }).map((file) => readFileSync(join(folder, file), "utf8"));
    const wanted = new Set(blocks.filter(isRun).map(({ page }) => page));
    expect([...wanted].filter((page) => !tests.some((text) => text.includes(`"${page}"`)))).toEqual([]);
  });

  it("stand below a sentence that names the file if they are files", () => {
    const silent = blocks.filter(({ page, line, marks }) => {
      const above = readFileSync(join(import.meta.dirname, "../..", page), "utf8")
        .split("\n")
        .slice(0, line);
      return (
        marks.file !== undefined && !above.some((text) => !text.startsWith("<!--") && text.includes(marks.file ?? ""))
      );
    });
    expect(silent.map(where)).toEqual([]);
  });

  const yaml = blocks.filter(({ language, marks }) => language === "yaml" && marks["not run"] === undefined);
  it.each(yaml.map((block) => [where(block), block] as const))("is a valid fraises.yaml: %s", (_, { text, marks }) => {
    const whole = marks.fragment === undefined ? text : completeFragment(text, marks.fragment);
    try {
      parseConfig(whole, "fraises.yaml", families, {});
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      const found = error.problems.map(({ line, column, message }) => `${line}:${column}: ${message}`).join("\n");
      expect.fail(
        `${error.message}\n${found}\n${whole}\nIf it is part of a file, write <!-- fragment: PATH --> above it`,
      );
    }
  });
});

describe("a block", () => {
  const parse = (markdown: string): readonly Block[] => parseBlocks("x.md", markdown);

  it("has the marks that stand above it, and the output that stands below it", () => {
    const [first, second, third] = parse(`Say:
<!-- run as: admin -->
<!-- exit: 1 -->

\`\`\`sh
a
b
\`\`\`

\`\`\`text
out
\`\`\`
<!-- not run: it needs a forge -->
\`\`\`sh
c
\`\`\`

\`\`\`text
a picture
\`\`\``);
    expect(first).toMatchObject({ line: 5, text: "a\nb", marks: { "run as": "admin", exit: "1" }, output: "out" });
    expect(second).toMatchObject({ marks: { "not run": "it needs a forge" }, output: undefined });
    expect(third).toMatchObject({ language: "text", text: "a picture" });
  });

  it("stands without the indent of its list", () => {
    expect(parse("1. do\n   ```sh\n   a\n     b\n   ```")[0]?.text).toBe("a\n  b");
  });

  it("cannot have a mark that is misspelt, a mark without a reason, or a language nobody runs", () => {
    expect(() => parse("<!-- notrun: x -->\n```sh\n```")).toThrow('x.md:1: a block has no mark "notrun"');
    const problems = parse("<!-- not run: -->\n```sh\n```\nx\n```\n```\nx\n```ini\n```").map(problemOf);
    expect(problems).toEqual([
      "a mark says nothing",
      expect.stringContaining('a block of "" is neither'),
      expect.stringContaining('a block of "ini" is neither'),
    ]);
  });

  it("begins its output as the page says", () => {
    expect(beginsAs("queued: … [id]", "queued: main at 42 [id]\nmore")).toBe(true);
    expect(beginsAs("a\n…\nd", "a  \nb\nc\nd\n")).toBe(true);
    expect(beginsAs("a (b)", "a [b]")).toBe(false);
    expect(beginsAs("b", "a\nb")).toBe(false);
  });
});

describe("a fragment of a fraises.yaml", () => {
  const valid = (text: string, place: string): number =>
    parseConfig(completeFragment(text, place), "fraises.yaml", families, {}).targets.length;

  it("is completed at its place, without saying twice what it says itself", () => {
    expect(valid("store: { url: 'sqlite:/x.db' }", "top level")).toBe(1);
    expect(valid("app_path: /srv/x\nkeep_releases: 3", "fraises.shop.environments.staging")).toBe(1);
    expect(
      valid(
        "type: etl\nenvironments: { production: { branch: main, app_path: /srv/x, script_path: x.sh } }",
        "fraises.x",
      ),
    ).toBe(1);
  });

  it("is refused if it says a key that does not exist", () => {
    expect(() => valid("keep_release: 3", "fraises.shop.environments.staging")).toThrow(ConfigError);
  });
});
