import { execFileSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { proseOf } from "./sentences.ts";

const ROOT = join(import.meta.dirname, "..");
const LONGEST = 40;

/** A sentence that begins with one of these does not name its subject. */
const RIDDLE =
  /^(?:Of|What|Who|Whoever|Whatever|Whichever|Whose|Which|Where|That|Those|The same|Else|One|None|Nobody|No one|Twice)\b/;

/** Sentences, without the marks of Markdown before them. */
function sentencesIn(text: string): readonly string[] {
  return text
    .split(/(?<=[.!?][)"*_`]*)\s+|\s+(?=@(?:param|returns|throws)\b)/)
    .map((sentence) => sentence.replace(/^[*_("\s]+/, ""));
}

/** Sentences of a text that are riddles. A question may begin with any word. */
function riddlesIn(text: string): readonly string[] {
  return sentencesIn(text).filter((sentence) => RIDDLE.test(sentence) && !sentence.endsWith("?"));
}

/** Errors and descriptions begin with a small letter. Fragments of three words, and statements of other languages, are no sentences. */
function riddlesInMessage(text: string): readonly string[] {
  if (text.endsWith(";") || text.split(" ").length < 4) return [];
  return riddlesIn(text.charAt(0).toUpperCase() + text.slice(1));
}

function tooLongIn(text: string): readonly string[] {
  return sentencesIn(text).filter((sentence) => sentence.split(/\s+/).length > LONGEST);
}

/** Paragraphs, items of lists and cells of tables of a page; neither its headings nor its blocks. */
function paragraphsIn(page: string): readonly string[] {
  const text = page.replace(/^([ \t]*)```[\s\S]*?^\1```/gm, "").replace(/^#.*/gm, "");
  return text
    .split(/\n{2,}|\n(?=\s*(?:[-*]|\d+\.)\s)|\n(?=\|)/)
    .flatMap((part) => (part.startsWith("|") ? part.split(/(?<!\\)\|/) : [part]))
    .map((part) =>
      part
        .replace(/^\s*(?:[-*]|\d+\.|>)\s+/, "")
        .replace(/\s+/g, " ")
        .trim(),
    );
}

const read = (file: string): string => readFileSync(join(ROOT, file), "utf8");
const code = (pattern: string): readonly (readonly [string, ReturnType<typeof proseOf>])[] =>
  globSync(pattern, { cwd: ROOT }).map((file) => [file, proseOf(file, read(file))]);

const sources = code("src/**/*.ts");

function found(
  kind: "comments" | "strings",
  faultsIn: (text: string) => readonly string[],
  files = sources,
): readonly string[] {
  return files.flatMap(([file, prose]) =>
    prose[kind].flatMap(({ line, text }) => faultsIn(text).map((fault) => `${file}:${line}: ${fault}`)),
  );
}

describe("the prose", () => {
  it("is found in comments, in strings and on pages", () => {
    expect(sources.reduce((sum, [, { comments }]) => sum + comments.length, 0)).toBeGreaterThan(3_000);
    expect(sources.reduce((sum, [, { strings }]) => sum + strings.length, 0)).toBeGreaterThan(1_500);
    const { comments, strings } = proseOf(
      "example.ts",
      'const url = "http://example.com"; // Of the one.\n/**\n * Fine. What it is:\n * a URL.\n */\nthrow new Error(`who has lost its ${url}`);\n',
    );
    expect(comments.map(({ line, text }) => [line, riddlesIn(text)])).toEqual([
      [1, ["Of the one."]],
      [2, ["What it is: a URL."]],
    ]);
    expect(strings.flatMap(({ text }) => riddlesInMessage(text))).toEqual(["Who has lost its …"]);
    expect(paragraphsIn("# Who acts\n\nA daemon.\n\n- One acts.\n\n| a | None does. |\n").flatMap(riddlesIn)).toEqual([
      "One acts.",
      "None does.",
    ]);
  });

  it("names the subject of each sentence in a comment", () => {
    expect(found("comments", riddlesIn)).toEqual([]);
  });

  it("names the subject of each sentence in an error, hint or description", () => {
    expect(found("strings", riddlesInMessage)).toEqual([]);
  });

  it("names the subject of each sentence on a page", () => {
    const pages = globSync(["*.md", "docs/**/*.md", "bench/*.md", "systemd/*.md", "test/*.md"], { cwd: ROOT });
    expect(pages.length).toBeGreaterThan(20);
    expect(
      pages.flatMap((page) =>
        paragraphsIn(read(page))
          .flatMap(riddlesIn)
          .map((each) => `${page}: ${each}`),
      ),
    ).toEqual([]);
  });

  it("has no mark of a merge that was not finished, and no row of a table twice, in any file", () => {
    const files = execFileSync("git", ["ls-files", "-z"], { cwd: ROOT, encoding: "utf8" }).split("\0").slice(0, -1);
    expect(files.length).toBeGreaterThan(1_000);
    const marks = /^(?:<{7}|>{7}|\|{7}) |^={7}$/m;
    const twice = /^(\|.{40,})\n\1$/m;
    expect(marks.test(`one\n${">".repeat(7)} 0a1b2c3\n`)).toBe(true);
    expect(files.filter((file) => marks.test(read(file)) || (file.endsWith(".md") && twice.test(read(file))))).toEqual(
      [],
    );
  });

  it("names the subject in the name of each test", () => {
    const names = globSync("test/**/*.test.ts", { cwd: ROOT }).flatMap((file) =>
      [...read(file).matchAll(/^\s*(?:describe|it|test)(?:\.\w+)?(?:\(.*\))?\("([^"]+)"/gm)].map(
        ([, name = ""]) => [file, name] as const,
      ),
    );
    expect(names.length).toBeGreaterThan(1_000);
    expect(names.filter(([, name]) => riddlesInMessage(`${name} (a test)`).length > 0)).toEqual([]);
  });

  it("has no sentence of more than forty words in a comment or a string", () => {
    expect([...found("comments", tooLongIn), ...found("strings", tooLongIn)]).toEqual([]);
  });
});
