import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compare, FEWEST_ROUNDS } from "./compare.ts";
import type { Comparison } from "./compare.ts";
import { withUnit } from "./figure.ts";
import type { Figure } from "./figure.ts";
import { run } from "./processes.ts";
import { readResult, RESULTS, resultOf } from "./results.ts";

const ROOT = join(import.meta.dirname, "..");

/** The rounds of one figure in both revisions. */
export interface Rounds {
  readonly figure: Figure;
  readonly measured: string;
  readonly before: number[];
  readonly after: number[];
}

/** Measures some parts at another revision and in this work tree, in turns, with the bench of this work tree, and prints which differences exceed the noise. */
export async function measureAgainst(ref: string, letters: readonly string[], rounds: number): Promise<void> {
  if (rounds < FEWEST_ROUNDS)
    throw new Error(`--rounds is at least ${FEWEST_ROUNDS}: fewer rounds cannot exceed the noise`);
  const folder = mkdtempSync(join(tmpdir(), "fraisier-bench-against-"));
  const before = join(folder, "before");
  const remove = (): void => {
    git("worktree", "remove", "--force", before);
    rmSync(folder, { recursive: true, force: true });
  };
  const interrupted = (): void => {
    remove();
    process.exit(130);
  };
  git("worktree", "add", "--quiet", "--detach", before, ref);
  process.once("SIGINT", interrupted);
  try {
    await prepare(before);
    const found = new Map<string, Rounds>();
    for (const letter of letters) await measurePart({ letter, rounds, before, folder, ref, found });
    tell(ref, [...found.values()]);
  } finally {
    process.off("SIGINT", interrupted);
    remove();
  }
}

/** The other revision gets the libraries that it asks for, and the bench of this one: both are measured alike. */
async function prepare(before: string): Promise<void> {
  const lock = (root: string): string => readFileSync(join(root, "package-lock.json"), "utf8");
  // A link would not do: the bill of materials knows packages by their path below the root.
  if (lock(before) === lock(ROOT)) await run("cp", ["-a", join(ROOT, "node_modules"), before]);
  else await run("npm", ["install", "--no-save", "--no-audit", "--no-fund"], { cwd: before });
  rmSync(join(before, "bench"), { recursive: true, force: true });
  cpSync(import.meta.dirname, join(before, "bench"), { recursive: true });
  for (const root of [before, ROOT]) await run("npm", ["run", "build"], { cwd: root });
}

interface Measured {
  readonly letter: string;
  readonly rounds: number;
  readonly before: string;
  readonly folder: string;
  readonly ref: string;
  readonly found: Map<string, Rounds>;
}

async function measurePart({ letter, rounds, before, folder, ref, found }: Measured): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    // The one that comes first is another one each time: what a machine does in the course of a minute hits both.
    const sides = ["before", "after"] as const;
    for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
      const file = join(folder, `${side}.json`);
      try {
        await run(process.execPath, ["bench/bench.ts", "--built", "--only", letter, "--json", file], {
          cwd: side === "before" ? before : ROOT,
          maxBuffer: 64 << 20,
        });
      } catch (error) {
        console.log(`(${letter}) cannot be measured ${side === "before" ? `at ${ref}` : "here"}: ${lastLine(error)}`);
        return;
      }
      for (const row of readResult(file).parts.flatMap((part) => part.rows))
        if (row.figure !== undefined) roundsOf(found, row.figure, row.measured)[side].push(row.figure.value);
    }
    console.log(`(${letter}) round ${round + 1} of ${rounds}`);
  }
}

function roundsOf(found: Map<string, Rounds>, figure: Figure, measured: string): Rounds {
  const rounds = found.get(figure.id) ?? { figure, measured, before: [], after: [] };
  found.set(figure.id, rounds);
  return rounds;
}

function tell(ref: string, all: readonly Rounds[]): void {
  const compared = all
    .filter(({ before, after }) => before.length > 0 && after.length > 0)
    .map((rounds) => ({ rounds, comparison: compare(rounds.before, rounds.after) }));
  for (const { rounds, comparison } of compared) console.log(sentence(rounds, comparison));
  const folder = join(RESULTS, "against");
  mkdirSync(folder, { recursive: true });
  const { parts: _parts, ...result } = resultOf([], `npm run bench -- --against ${ref}`, false);
  const file = join(
    folder,
    `${result.at.slice(0, 10)}-${result.revision}-against-${ref.replaceAll(/[^\w.-]/g, "-")}.json`,
  );
  const figures = compared.map(({ rounds, comparison }) => ({ ...rounds, comparison }));
  writeFileSync(file, `${JSON.stringify({ ...result, against: ref, figures }, undefined, 2)}\n`);
  console.log(`written to ${file}`);
}

/** Pure: `fraisier adds: 281 ms before, 195 ms now: 31 % less, which is better (noise 4 %, chance 1.6 %)`. */
export function sentence({ figure, measured }: Pick<Rounds, "figure" | "measured">, comparison: Comparison): string {
  const { before, after, ratio, noise, chance, verdict } = comparison;
  const percent = (part: number): string => `${(100 * part).toFixed(1)} %`;
  const seen = `${measured}: ${withUnit(before, figure)} before, ${withUnit(after, figure)} now`;
  const doubt = `noise ${percent(noise)}, chance ${percent(chance)}`;
  if (verdict === "noise") return `${seen}: no difference beyond the noise (${percent(ratio - 1)}; ${doubt})`;
  const isBetter = "most" in figure.wanted === (verdict === "less");
  return `${seen}: ${percent(Math.abs(ratio - 1))} ${verdict}, which is ${isBetter ? "better" : "WORSE"} (${doubt})`;
}

function lastLine(error: unknown): string {
  const { stderr, message } = error as Error & { readonly stderr?: string };
  return /^\w*Error: .*$/m.exec(stderr ?? "")?.[0] ?? message;
}

function git(...args: readonly string[]): void {
  execFileSync("git", ["-C", ROOT, ...args], { stdio: ["ignore", "ignore", "inherit"] });
}
