// `npm run bench:document [-- RESULT.json]`: writes docs/benchmarks.md and its charts from a kept result, the newest whole one unless another is named.
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chart } from "./chart.ts";
import type { Point } from "./chart.ts";
import { metText, wantedText } from "./figure.ts";
import type { Row } from "./figure.ts";
import { keptResults, readResult } from "./results.ts";
import type { PartResult, Result } from "./results.ts";

const DOCS = join(import.meta.dirname, "../docs");
const CHARTS = "images/bench";

export function table(rows: readonly Row[]): string {
  const cells = rows.map(({ measured, result, figure }) => [
    measured,
    result,
    figure === undefined ? "" : wantedText(figure),
    figure === undefined ? "" : metText(figure),
  ]);
  const all = [["measured", "result", "wanted", "met"], ...cells];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((line) => line[column]?.length ?? 0)));
  const text = (line: readonly string[]): string =>
    `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const [head = [], ...body] = all;
  return [text(head), text(widths.map((width) => "-".repeat(width))), ...body.map(text)].join("\n");
}

/** Pure: the whole of docs/benchmarks.md. */
export function documentOf(introduction: string, { at, command, revision, machine, parts }: Result): string {
  const facts = [`Date: ${at.slice(0, 10)}; revision ${revision}`, `Command: \`${command}\``, ...machine];
  const sections = parts.flatMap((part) => [
    `## (${part.letter}) ${part.title}`,
    table(part.rows),
    ...part.rows.flatMap(({ measured, figure }) =>
      figure === undefined
        ? []
        : [`![${measured.replaceAll("`", "")}](${CHARTS}/${figure.id}.svg)\n\n${capital(measured)}: ${figure.boundBy}`],
    ),
  ]);
  return `${[introduction.trim(), facts.map((fact) => `- ${fact}`).join("\n"), ...sections].join("\n\n")}\n`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Pure: the points of each figure of a result in it and in all whole runs before it, by the figure's id. */
export function pointsOf(result: Result, kept: readonly Result[]): ReadonlyMap<string, readonly Point[]> {
  const before = kept.filter(({ at, isWhole }) => isWhole && at < result.at);
  const points = [...before, result].flatMap(({ at, revision, parts }) =>
    figuresIn(parts).map((figure): Point => ({ at, revision, figure })),
  );
  const wanted = new Set(figuresIn(result.parts).map(({ id }) => id));
  return new Map([...Map.groupBy(points, ({ figure }) => figure.id)].filter(([id]) => wanted.has(id)));
}

export function figuresIn(parts: readonly PartResult[]) {
  return parts.flatMap(({ rows }) => rows.flatMap(({ figure }) => figure ?? []));
}

/** Writes the page and one chart for each figure. */
export function writeDocument(result: Result, kept: readonly Result[], docs = DOCS): void {
  const introduction = readFileSync(join(import.meta.dirname, "introduction.md"), "utf8");
  const folder = join(docs, CHARTS);
  mkdirSync(folder, { recursive: true });
  for (const name of globSync("*.svg", { cwd: folder })) rmSync(join(folder, name));
  for (const [id, points] of pointsOf(result, kept)) writeFileSync(join(folder, `${id}.svg`), chart(points));
  writeFileSync(join(docs, "benchmarks.md"), documentOf(introduction, result));
}

if (import.meta.main) {
  const [file] = process.argv.slice(2);
  const kept = keptResults();
  const result = file === undefined ? kept.findLast(({ isWhole }) => isWhole) : readResult(file);
  if (result === undefined) throw new Error("no whole result is kept in bench/results: npm run bench writes one");
  writeDocument(result, kept);
}
