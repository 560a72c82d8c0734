import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, release, totalmem } from "node:os";
import { join } from "node:path";

/** One line of the table. */
export interface Row {
  readonly measured: string;
  readonly result: string;
  /** What was promised of it; a row without is there to compare with. */
  readonly wanted?: string;
  /** By how much it was missed, in words; undefined where it was met. */
  readonly missedBy?: string | undefined;
  /** Said below the table where it was missed. */
  readonly because?: string;
}

/** A part of the benchmark. */
export interface Part {
  readonly letter: string;
  readonly title: string;
  /** @param folder an empty one of its own; removed afterwards. */
  run(folder: string): Promise<readonly Row[]>;
}

export interface PartResult {
  readonly part: Pick<Part, "letter" | "title">;
  readonly rows: readonly Row[];
}

const DOCUMENT = join(import.meta.dirname, "../docs/benchmarks.md");

export function table(rows: readonly Row[]): string {
  const cells = rows.map(({ measured, result, wanted, missedBy }) => [
    measured,
    result,
    wanted ?? "",
    wanted === undefined ? "" : missedBy === undefined ? "yes" : `missed by ${missedBy}`,
  ]);
  const all = [["measured", "result", "wanted", "met"], ...cells];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((line) => line[column]?.length ?? 0)));
  const text = (line: readonly string[]): string =>
    `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const [head = [], ...body] = all;
  return [text(head), text(widths.map((width) => "-".repeat(width))), ...body.map(text)].join("\n");
}

/** Why what was missed was missed; `""` where nothing was. */
export function reasons(rows: readonly Row[]): string {
  const missed = rows.filter(({ missedBy, because }) => missedBy !== undefined && because !== undefined);
  return [...new Set(missed.map(({ because }) => because))].join("\n\n");
}

/** The whole of docs/benchmarks.md. */
export function writeDocument(results: readonly PartResult[], command: string): void {
  const machine = [
    `- Date: ${new Date().toISOString().slice(0, 10)}`,
    `- Command: \`${command}\``,
    `- Processor: ${cpus()[0]?.model ?? "unknown"}, ${availableParallelism()} cores, shared by the servers and the load generator`,
    `- Memory: ${(totalmem() / 2 ** 30).toFixed(1)} GiB`,
    `- Kernel: Linux ${release()}; the store on ${fileSystem()}`,
    `- Node ${process.version}; ${operatingSystem()}`,
  ];
  const sections = results.map(({ part, rows }) => [`## (${part.letter}) ${part.title}`, table(rows), reasons(rows)]);
  const introduction = readFileSync(join(import.meta.dirname, "introduction.md"), "utf8");
  writeFileSync(
    DOCUMENT,
    `${[introduction.trim(), machine.join("\n"), ...sections.flat()].filter((text) => text !== "").join("\n\n")}\n`,
  );
}

function operatingSystem(): string {
  return /^PRETTY_NAME="(.*)"$/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1] ?? "Linux";
}

/** Of the temporary folder: how much an fsync costs depends on it. */
function fileSystem(): string {
  const type = execFileSync("stat", ["--file-system", "--format=%T", process.env["TMPDIR"] ?? "/tmp"], {
    encoding: "utf8",
  });
  return type.trim();
}
