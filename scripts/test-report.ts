/**
 * Prints, from vitest's JSON reports, the slowest test files and every failed test with the beginning of its message. scripts/test calls it last, so that
 * the end of a log says what failed even if its beginning is cut off. The arguments are the reports; a report that cannot be read is a failure, too.
 */
import { existsSync, readFileSync } from "node:fs";
import { basename, relative } from "node:path";
import { stripVTControlCharacters } from "node:util";

interface TestFile {
  readonly name: string;
  readonly status: string;
  /** Why the file could not be run at all. */
  readonly message?: string;
  readonly startTime: number;
  readonly endTime: number;
  readonly assertionResults: readonly {
    readonly fullName: string;
    readonly status: string;
    readonly failureMessages?: readonly string[] | null;
  }[];
}

interface Failure {
  readonly where: string;
  readonly message: string;
}

const SHOWN = 12;
const LINES = 6;
const COLUMNS = 300;

const unreadable: Failure[] = [];
const files = process.argv.slice(2).flatMap(testFilesOf);
const slowest = files
  .map((file) => ({ path: pathOf(file), seconds: (file.endTime - file.startTime) / 1000 }))
  .toSorted((a, b) => b.seconds - a.seconds)
  .slice(0, SHOWN);
console.log(`\nthe slowest of ${files.length} test files:`);
for (const { path, seconds } of slowest) console.log(`${seconds.toFixed(0).padStart(6)} s  ${path}`);

const failures = [...unreadable, ...files.flatMap(failuresOf)];
if (failures.length > 0) console.log("\nfailed:");
for (const { where, message } of failures) console.log(`  FAILED ${where}\n${beginningOf(message)}`);

function testFilesOf(report: string): readonly TestFile[] {
  try {
    return (JSON.parse(readFileSync(report, "utf8")) as { testResults: readonly TestFile[] }).testResults;
  } catch (error) {
    const what = existsSync(report) ? String(error) : "vitest ended without writing its report";
    unreadable.push({ where: `suite ${basename(report, ".json")}`, message: what });
    return [];
  }
}

function failuresOf(file: TestFile): readonly Failure[] {
  const failed = file.assertionResults.filter(({ status }) => status === "failed");
  if (failed.length === 0 && file.status === "failed") return [{ where: pathOf(file), message: file.message ?? "" }];
  return failed.map(({ fullName, failureMessages }) => ({
    where: `${pathOf(file)}: ${fullName}`,
    message: failureMessages?.join("\n") ?? "",
  }));
}

/** The first lines of a message, without the places in the code of libraries. */
function beginningOf(message: string): string {
  return stripVTControlCharacters(message)
    .split("\n")
    .filter((line) => line.trim() !== "" && !/^\s+at .*node_modules/.test(line))
    .slice(0, LINES)
    .map((line) => `    ${line.slice(0, COLUMNS)}`)
    .join("\n");
}

function pathOf({ name }: TestFile): string {
  return relative(process.cwd(), name);
}
