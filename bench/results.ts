import { execFileSync } from "node:child_process";
import { globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, release, totalmem } from "node:os";
import { join } from "node:path";
import type { Row } from "./figure.ts";

/** The result of one part of the benchmark. */
export interface PartResult {
  readonly letter: string;
  readonly title: string;
  readonly rows: readonly Row[];
}

/** One run of the benchmark, as it is kept. */
export interface Result {
  readonly version: 1;
  /** ISO-8601. */
  readonly at: string;
  /** The revision that was measured, shortened; with `-changed` if the work tree had changes. */
  readonly revision: string;
  readonly command: string;
  /** True if all parts were measured. */
  readonly isWhole: boolean;
  /** Lines about the machine. */
  readonly machine: readonly string[];
  readonly parts: readonly PartResult[];
}

const ROOT = join(import.meta.dirname, "..");
export const RESULTS = join(import.meta.dirname, "results");

/** Writes a result into a file that is named by day and revision, and gives its path. */
export function writeResult(result: Result, folder = RESULTS): string {
  mkdirSync(folder, { recursive: true });
  const parts = result.isWhole ? "" : `-${result.parts.map(({ letter }) => letter).join("")}`;
  const file = join(folder, `${result.at.slice(0, 10)}-${result.revision}${parts}.json`);
  writeFileSync(file, `${JSON.stringify(result, undefined, 2)}\n`);
  return file;
}

export function readResult(file: string): Result {
  const result = JSON.parse(readFileSync(file, "utf8")) as Result;
  if (result.version !== 1) throw new Error(`${file} was written by another version of the benchmark`);
  return result;
}

/** Every kept result, oldest first. */
export function keptResults(folder = RESULTS): readonly Result[] {
  return globSync("*.json", { cwd: folder })
    .map((name) => readResult(join(folder, name)))
    .toSorted((a, b) => a.at.localeCompare(b.at));
}

export function resultOf(parts: readonly PartResult[], command: string, isWhole: boolean): Result {
  const machine = [
    `Processor: ${cpus()[0]?.model ?? "unknown"}, ${availableParallelism()} cores, shared by the servers and the load generator`,
    `Memory: ${(totalmem() / 2 ** 30).toFixed(1)} GiB`,
    `Kernel: Linux ${release()}; the store on ${fileSystem()}`,
    `Node ${process.version}; ${operatingSystem()}`,
  ];
  return { version: 1, at: new Date().toISOString(), revision: revisionOf(ROOT), command, isWhole, machine, parts };
}

function revisionOf(folder: string): string {
  const git = (...args: readonly string[]): string =>
    execFileSync("git", ["-C", folder, ...args], { encoding: "utf8" }).trim();
  const changed = git("status", "--porcelain", "--untracked-files=no") === "" ? "" : "-changed";
  return `${git("rev-parse", "--short=10", "HEAD")}${changed}`;
}

function operatingSystem(): string {
  return /^PRETTY_NAME="(.*)"$/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1] ?? "Linux";
}

/** The file system of the temporary folder: how much an fsync costs depends on it. */
function fileSystem(): string {
  const type = execFileSync("stat", ["--file-system", "--format=%T", process.env["TMPDIR"] ?? "/tmp"], {
    encoding: "utf8",
  });
  return type.trim();
}
