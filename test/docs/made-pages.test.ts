import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { madePages } from "../../scripts/docs.ts";

const ROOT = join(import.meta.dirname, "../..");
const pages = madePages();

describe("a page with tables made from code", () => {
  it.each(pages.map((each) => [each.page, each] as const))("is up to date: %s", (page, { committed, made }) => {
    expect(committed, `${page} is not what the code gives: run \`npm run docs\` and commit it`).toBe(made);
  });

  it("names every class of error that a command can end with, and a remedy for each", () => {
    const page = readFileSync(join(ROOT, "docs/errors.md"), "utf8");
    const classes = globSync("src/**/*.ts", { cwd: ROOT }).flatMap((file) =>
      [...readFileSync(join(ROOT, file), "utf8").matchAll(/^(?:export )?class (\w+) extends (\w+)/gm)].map(
        ([, name = "", parent = ""]) => ({ name, parent }),
      ),
    );
    const known = new Set(["FraisierError"]);
    const isError = ({ parent }: { parent: string }): boolean =>
      known.has(parent) || classes.some((each) => each.name === parent && isError(each));
    const found = classes.filter(isError).map(({ name }) => name);
    expect(found.length).toBeGreaterThan(12);
    expect(found.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
    expect(page.split("\n").filter((line) => line.startsWith("|") && line.endsWith("|  |"))).toEqual([]);
  });
});
