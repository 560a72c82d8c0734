// `npm run bench [-- --only a,c]` measures fraisier, prints tables, and keeps the numbers in bench/results; a whole run rewrites docs/benchmarks.md, too.
// `npm run bench -- --against main [--only d] [--rounds 8]` measures another revision and this work tree in turns.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { accept } from "./accept.ts";
import { measureAgainst } from "./against.ts";
import { coldStart } from "./cold-start.ts";
import { commits } from "./commits.ts";
import { dashboard } from "./dashboard.ts";
import { table, writeDocument } from "./document.ts";
import { hook } from "./hook.ts";
import { idle } from "./idle.ts";
import { longHistory } from "./long-history.ts";
import { manyTargets } from "./many-targets.ts";
import { memory } from "./memory.ts";
import { month } from "./month.ts";
import { output } from "./output.ts";
import type { Part } from "./part.ts";
import { build } from "./program.ts";
import { pushToLive } from "./push-to-live.ts";
import { recovery } from "./recovery.ts";
import { keptResults, resultOf, writeResult } from "./results.ts";
import type { PartResult } from "./results.ts";
import { sweep } from "./sweep.ts";

const PARTS: readonly Part[] = [
  accept,
  coldStart,
  longHistory,
  pushToLive,
  memory,
  recovery,
  sweep,
  month,
  dashboard,
  commits,
  hook,
  manyTargets,
  output,
  idle,
];

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    against: { type: "string" },
    rounds: { type: "string", default: "8" },
    // For the rounds of --against: the program is built, and the result goes into this file.
    built: { type: "boolean", default: false },
    json: { type: "string" },
  },
});
const wanted = values.only?.split(",") ?? PARTS.map(({ letter }) => letter);
const unknown = wanted.filter((letter) => !PARTS.some((part) => part.letter === letter));
if (unknown.length > 0) throw new Error(`--only takes letters of ${PARTS.map(({ letter }) => letter).join(",")}`);

if (values.against === undefined) await measure();
else await measureAgainst(values.against, wanted, Number(values.rounds));

async function measure(): Promise<void> {
  if (!values.built) await build();
  const results: PartResult[] = [];
  for (const part of PARTS.filter(({ letter }) => wanted.includes(letter))) {
    console.log(`\n(${part.letter}) ${part.title}`);
    const folder = mkdtempSync(join(tmpdir(), "fraisier-bench-"));
    try {
      const rows = await part.run(folder);
      console.log(table(rows));
      results.push({ letter: part.letter, title: part.title, rows });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  const isWhole = results.length === PARTS.length;
  const only = values.only === undefined ? "" : ` -- --only ${values.only}`;
  const result = resultOf(results, `npm run bench${only}`, isWhole);
  if (values.json !== undefined) {
    writeFileSync(values.json, JSON.stringify(result));
    return;
  }
  const kept = keptResults();
  console.log(`\nwritten to ${writeResult(result)}`);
  // Parts measured on different days would not be one table.
  if (isWhole) writeDocument(result, kept);
}
