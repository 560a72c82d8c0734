import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const page = readFileSync(join(ROOT, "docs/troubleshooting.md"), "utf8");
const sources = globSync("src/**/*.ts", { cwd: ROOT }).map((file) => readFileSync(join(ROOT, file), "utf8"));
const quotes = page.split("\n").flatMap((line) => /^> (.+)$/.exec(line)?.slice(1) ?? []);

it("docs/troubleshooting.md quotes only what fraisier says", () => {
  expect(quotes.length).toBeGreaterThan(15);
  // A name stands as … in the page and as an expression in the source.
  const pieces = (quote: string): readonly string[] =>
    quote
      .split(/[…:] ?/)
      .map((piece) => piece.trim())
      .filter((piece) => piece.length > 2);
  const unknown = quotes.filter(
    (quote) => !sources.some((text) => pieces(quote).every((piece) => text.includes(piece))),
  );
  expect(unknown).toEqual([]);
});
