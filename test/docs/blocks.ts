import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

const REPOSITORY = join(import.meta.dirname, "../..");

/** A fenced block of a page, with the marks that stand above it as HTML comments: `<!-- not run: it needs a forge -->`. */
export interface Block {
  readonly page: string;
  /** Of its opening fence. */
  readonly line: number;
  readonly language: string;
  readonly text: string;
  readonly marks: Readonly<Partial<Record<Mark, string>>>;
  /** The `text` block right below a block that is run: how its output begins. */
  readonly output: string | undefined;
}

/** docs/testing.md explains each. */
const MARKS = ["not run", "run as", "file", "fragment", "exit"] as const;
type Mark = (typeof MARKS)[number];

/** The pages whose blocks are held to what they say. */
export function pages(): readonly string[] {
  return ["README.md", "systemd/README.md", ...globSync("docs/**/*.md", { cwd: REPOSITORY })].toSorted();
}

export function blocksOf(page: string): readonly Block[] {
  return parseBlocks(page, readFileSync(join(REPOSITORY, page), "utf8"));
}

/** The number of the line that a page has just once, such as a heading. */
export function lineOf(page: string, text: string): number {
  const lines = readFileSync(join(REPOSITORY, page), "utf8").split("\n");
  const index = lines.indexOf(text);
  if (index === -1 || lines.includes(text, index + 1)) throw new Error(`${page} has not just one line "${text}"`);
  return index + 1;
}

/** The blocks of a page, in order. A `text` block that shows the output of the block above it is part of that one. */
export function parseBlocks(page: string, markdown: string): readonly Block[] {
  const lines = markdown.split("\n");
  const blocks: Block[] = [];
  let end = -1;
  for (let index = 0; index < lines.length; index += 1) {
    const [, indent = "", fence, language = ""] = /^( *)(```+)(\S*)\s*$/.exec(lines[index] ?? "") ?? [];
    if (fence === undefined) continue;
    const closing = lines.findIndex((line, at) => at > index && line.trim() === fence);
    if (closing === -1) throw new Error(`${page}:${index + 1}: this block has no end`);
    const text = lines
      .slice(index + 1, closing)
      .map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line))
      .join("\n");
    const above = blocks.at(-1);
    const isBelow = above !== undefined && lines.slice(end + 1, index).every((line) => line.trim() === "");
    if (language === "text" && isBelow && isRun(above)) blocks[blocks.length - 1] = { ...above, output: text };
    else
      blocks.push({ page, line: index + 1, language, text, marks: marksAbove(page, lines, index), output: undefined });
    end = closing;
    index = closing;
  }
  return blocks;
}

/** Shell lines that are run, or the text of a file that is written, as a reader would. */
export function isRun({ language, marks }: Block): boolean {
  return marks["not run"] === undefined && (language === "sh" || marks.file !== undefined);
}

/** The reason why a block is not as it must be. */
export function problemOf({ language, marks }: Block): string | undefined {
  if (Object.values(marks).some((value) => value === "")) return "a mark says nothing";
  if (marks["not run"] !== undefined || marks.file !== undefined) return undefined;
  if (["sh", "yaml", "text"].includes(language)) return undefined;
  return `a block of "${language}" is neither sh, yaml nor text: write <!-- file: PATH --> or <!-- not run: REASON --> above it`;
}

/** Whether the output of a block begins as its page says. `…` stands for any text. */
export function beginsAs(expected: string, output: string): boolean {
  const plain = (text: string): string => text.replaceAll(/[ \t]+$/gm, "").trim();
  const pattern = plain(expected)
    .split("…")
    .map((part) => part.replaceAll(/[$()*+.?[\\\]^{|}]/g, "\\$&"))
    .join("[^]*?");
  return new RegExp(`^${pattern}`).test(plain(output));
}

function marksAbove(page: string, lines: readonly string[], fence: number): Block["marks"] {
  const marks: Partial<Record<Mark, string>> = {};
  for (let index = fence - 1; index >= 0; index -= 1) {
    const line = (lines[index] ?? "").trim();
    if (line === "" && index === fence - 1) continue;
    const comment = /^<!--(.*)-->$/.exec(line)?.[1];
    if (comment === undefined) break;
    const colon = comment.indexOf(":");
    const name = comment.slice(0, colon === -1 ? undefined : colon).trim();
    const mark = MARKS.find((each) => each === name);
    if (mark === undefined)
      throw new Error(`${page}:${index + 1}: a block has no mark "${name}", only ${MARKS.join(", ")}`);
    marks[mark] = colon === -1 ? "" : comment.slice(colon + 1).trim();
  }
  return marks;
}
