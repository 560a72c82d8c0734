import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { COMMANDS } from "../../src/cli/commands/index.ts";
import { describeCommands } from "../../src/cli/completions/described-command.ts";
import { proseOf } from "../sentences.ts";

const ROOT = join(import.meta.dirname, "../..");
const read = (file: string): string => readFileSync(join(ROOT, file), "utf8");

/** Uses of a word that docs/glossary.md forbids, as far as a machine can see them. */
const FORBIDDEN: readonly (readonly [word: string, use: RegExp])[] = [
  ["hold", /\bheld because\b/i],
  ["hold", /\b(?:locks?|freezes?|freeze windows?|lenders?) (?:that )?holds?\b/i],
  ["hold", /\bholds? (?:the|a|its) target\b/i],
  ["release", /\bfraisier release\b/],
  ["release", /\breleas(?:e|es|ed|ing) (?:the|a|its) (?:hold|target)\b/i],
  ["target", /\bfraisier (?:env|migration)\b[^`\n]*\s--target\b/],
  ["target", /\btarget environment\b/i],
  ["lock", /\block of (?:a|the) runner\b/i],
];

function misuses(place: string, text: string): readonly string[] {
  return FORBIDDEN.flatMap(([word, use]) => {
    const found = use.exec(text)?.[0];
    return found === undefined ? [] : [`${place}: "${found}" is not for the word ${word} of docs/glossary.md`];
  });
}

describe("the words of the glossary", () => {
  it("stand in the order of the alphabet, each with a meaning and with what it is not for", () => {
    const rows = read("docs/glossary.md")
      .split("\n")
      .filter((line) => line.startsWith("| "))
      .slice(1)
      .map((line) => line.split("|").map((cell) => cell.trim()));
    expect(rows.length).toBeGreaterThan(15);
    expect(rows.every(([, word, meaning, not]) => [word, meaning, not].every((cell) => (cell ?? "") !== ""))).toBe(
      true,
    );
    const words = rows.map(([, word = ""]) => word);
    expect(words).toEqual(words.toSorted());
    for (const [word] of FORBIDDEN) expect(words).toContain(word);
  });

  it("are found if they are misused", () => {
    expect(misuses("x", "4f2a91c held because ann locked it")).toHaveLength(1);
    expect(misuses("x", "`fraisier release shop` ends it")).toHaveLength(1);
    expect(misuses("x", "fraisier env set shop NAME --target production")).toHaveLength(1);
    expect(misuses("x", "The release is on disk, and the target is on hold: the lock is held.")).toEqual([]);
  });

  it("are used as it says in the help of every command", () => {
    const { commands, nouns } = describeCommands(COMMANDS);
    const texts = [
      ...nouns.map(({ name, summary }) => [name, summary] as const),
      ...commands.flatMap(({ names: [name = ""], usage, summary, options, examples }) =>
        [usage, summary, ...examples, ...options.map((each) => each.summary)].map((text) => [name, text] as const),
      ),
    ];
    expect(texts.length).toBeGreaterThan(200);
    expect(texts.flatMap(([name, text]) => misuses(name, text))).toEqual([]);
    // The value of an option that names an environment is not called a target.
    expect(commands.flatMap(({ options }) => options).filter(({ long }) => long === "--target")).toEqual([]);
  });

  it("are used as it says in every message of the program", () => {
    const messages = globSync("src/**/*.ts", { cwd: ROOT }).flatMap((file) =>
      proseOf(file, read(file)).strings.flatMap(({ line, text }) => misuses(`${file}:${line}`, text)),
    );
    expect(messages).toEqual([]);
  });

  it("are used as it says in the names of the code", () => {
    const named = globSync("src/**/*.ts", { cwd: ROOT }).filter((file) => /heldBecause/.test(read(file)));
    expect(named).toEqual([]);
  });

  it("are used as it says on every page", () => {
    const pages = globSync(["README.md", "docs/**/*.md", "systemd/*.md"], { cwd: ROOT });
    expect(pages.length).toBeGreaterThan(15);
    const found = pages.flatMap((page) =>
      read(page)
        .split("\n")
        .flatMap((line, index) => misuses(`${page}:${index + 1}`, line)),
    );
    expect(found).toEqual([]);
  });
});
