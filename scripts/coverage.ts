/**
 * `npm run coverage`: which lines of src the tests run, in the test's own process or in any process of fraisier that they start. Vitest reports the first;
 * for the others Node writes a report when a process ends by itself (NODE_V8_COVERAGE), and source maps of the program lead back to src. It repeats nothing that only
 * kills processes at more places (crash matrices, campaigns, the model of the queue). Fails below 90 %. Arguments are patterns of test files.
 */
import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { SourceMap } from "node:module";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { build } from "rolldown";
import config from "../rolldown.config.ts";

/** What V8 reports of one process. */
interface ProcessReport {
  readonly result: readonly {
    readonly url: string;
    readonly functions: readonly {
      readonly ranges: readonly { readonly startOffset: number; readonly endOffset: number; readonly count: number }[];
    }[];
  }[];
}

/** What vitest reports of one file. */
interface FileReport {
  readonly statementMap: Readonly<Record<string, { readonly start: { readonly line: number } }>>;
  readonly s: Readonly<Record<string, number>>;
}

interface Chunk {
  readonly code: string;
  readonly map: SourceMap;
  /** One byte for each character of the code: 1 if a process has run it. */
  readonly run: Uint8Array;
}

const WANTED_PERCENT = 90;
const SHOWN = 15;
const ROOT = join(import.meta.dirname, "..");
const program = mkdtempSync(join(ROOT, "dist-test-"));
const reports = mkdtempSync(join(tmpdir(), "fraisier-coverage-"));
const chunks = new Map<string, Chunk>();

await buildProgram();
// Some tests run the program as another user.
chmodSync(program, 0o755);
chmodSync(reports, 0o777);
const status = await runTests(process.argv.slice(2));
const percent = printCoverage(linesRunByProcesses());
for (const folder of [program, reports]) rmSync(folder, { recursive: true, force: true });
if (percent < WANTED_PERCENT) console.log(`that is less than ${WANTED_PERCENT} %`);
process.exitCode = status !== 0 || percent < WANTED_PERCENT ? 1 : 0;

/** The program with source maps. The plugins that change the finished text, whose source maps would not fit any longer, are left out. */
async function buildProgram(): Promise<void> {
  const changesText = new Set(["builtins-by-call", "load-at-once", "minify-chunks"]);
  const plugins = [config.plugins].flat(2).filter((each) => {
    const name = typeof each === "object" && each !== null && "name" in each ? each.name : "";
    return !changesText.has(name);
  });
  const [output] = [config.output].flat();
  await build({ ...config, cwd: ROOT, plugins, output: { ...output, dir: program, sourcemap: "hidden" } });
}

async function runTests(patterns: readonly string[]): Promise<number> {
  const args = ["run", "--config", "vitest.coverage.config.ts", ...patterns];
  const env = { ...process.env, FRAISIER_TEST_PROGRAM: join(program, "main.js"), FRAISIER_COVERAGE: reports };
  const vitest = spawn(join(ROOT, "node_modules/.bin/vitest"), args, { cwd: ROOT, env, stdio: "inherit" });
  const ended = new Promise<number>((resolve) => vitest.once("exit", (code) => resolve(code ?? 1)));
  // Thousands of processes write a megabyte each: reports are added up, and removed, while the tests run.
  for (;;) {
    const status = await Promise.race([ended, sleep(2_000)]);
    takeReports();
    if (status !== undefined) return status;
  }
}

function takeReports(): void {
  for (const name of readdirSync(reports)) {
    const file = join(reports, name);
    let report: ProcessReport;
    try {
      report = JSON.parse(readFileSync(file, "utf8")) as ProcessReport;
    } catch {
      // Its process is still writing it, or was killed meanwhile.
      continue;
    }
    for (const script of report.result) addScript(script);
    rmSync(file);
  }
}

function addScript({ url, functions }: ProcessReport["result"][number]): void {
  const path = url.startsWith("file:") ? fileURLToPath(url) : "";
  const chunk = path.startsWith(program) ? (chunks.get(path) ?? readChunk(path)) : undefined;
  if (chunk === undefined) return;
  chunks.set(path, chunk);
  const run = new Uint8Array(chunk.run.length);
  // Outer ranges come before those within them.
  for (const { ranges } of functions)
    for (const { startOffset, endOffset, count } of ranges) run.fill(count > 0 ? 1 : 0, startOffset, endOffset);
  for (let at = 0; at < run.length; at++) if (run[at] === 1) chunk.run[at] = 1;
}

function readChunk(path: string): Chunk | undefined {
  if (!existsSync(`${path}.map`)) return undefined;
  const code = readFileSync(path, "utf8");
  const map = new SourceMap(
    JSON.parse(readFileSync(`${path}.map`, "utf8")) as ConstructorParameters<typeof SourceMap>[0],
  );
  return { code, map, run: new Uint8Array(code.length) };
}

/** Lines of src as `path:line`, from each word of the program that a process has run. */
function linesRunByProcesses(): ReadonlySet<string> {
  const lines = new Set<string>();
  for (const { code, map, run } of chunks.values()) {
    let start = 0;
    for (const [index, text] of code.split("\n").entries()) {
      for (const { index: column } of text.matchAll(/\w+/g)) {
        if (run[start + column] !== 1) continue;
        const entry = map.findEntry(index, column);
        if (!("originalSource" in entry) || entry.generatedLine !== index) continue;
        lines.add(`${relative(ROOT, resolve(program, entry.originalSource))}:${entry.originalLine + 1}`);
      }
      start += text.length + 1;
    }
  }
  return lines;
}

/** Prints the files with most lines that no test runs, and the share of all lines that tests run. @returns that share. */
function printCoverage(byProcesses: ReadonlySet<string>): number {
  const found = JSON.parse(readFileSync(join(ROOT, "coverage/coverage-final.json"), "utf8")) as Record<
    string,
    FileReport
  >;
  const files = Object.entries(found).map(([path, { statementMap, s }]) => {
    const name = relative(ROOT, path);
    const all = new Set<number>();
    const run = new Set<number>();
    for (const [id, { start }] of Object.entries(statementMap)) {
      all.add(start.line);
      if ((s[id] ?? 0) > 0 || byProcesses.has(`${name}:${start.line}`)) run.add(start.line);
    }
    return { name, lines: all.size, left: [...all].filter((line) => !run.has(line)) };
  });
  console.log("\nlines that no test runs:");
  for (const { name, lines, left } of files.toSorted((a, b) => b.left.length - a.left.length).slice(0, SHOWN))
    console.log(`${String(left.length).padStart(5)} of ${String(lines).padStart(4)}  ${name}: ${left.join(" ")}`);
  const lines = files.reduce((sum, file) => sum + file.lines, 0);
  const left = files.reduce((sum, file) => sum + file.left.length, 0);
  const percent = ((lines - left) / lines) * 100;
  console.log(`\n${percent.toFixed(1)} % of ${lines} lines of src are run by tests`);
  return percent;
}
