/** Prints the slowest test files of vitest's JSON reports, which scripts/test hands over: where to look if CI takes too long. */
import { existsSync, readFileSync } from "node:fs";
import { relative } from "node:path";

interface Report {
  readonly testResults: readonly { readonly name: string; readonly startTime: number; readonly endTime: number }[];
}

const SHOWN = 12;

const files = process.argv
  .slice(2)
  .filter((path) => existsSync(path))
  .flatMap((path) => (JSON.parse(readFileSync(path, "utf8")) as Report).testResults)
  .map(({ name, startTime, endTime }) => ({
    name: relative(process.cwd(), name),
    seconds: (endTime - startTime) / 1000,
  }))
  .toSorted((a, b) => b.seconds - a.seconds);
console.log(`\nthe slowest of ${files.length} test files:`);
for (const { name, seconds } of files.slice(0, SHOWN)) console.log(`${seconds.toFixed(0).padStart(6)} s  ${name}`);
