// `npm run bench [-- --only a,c]`: measures what docs/benchmarks.md promises, prints the table, and rewrites that page after a whole run.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { accept } from "./accept.ts";
import { coldStart } from "./cold-start.ts";
import { dashboard } from "./dashboard.ts";
import { longHistory } from "./long-history.ts";
import { memory } from "./memory.ts";
import { build } from "./program.ts";
import { pushToLive } from "./push-to-live.ts";
import { month } from "./month.ts";
import { recovery } from "./recovery.ts";
import { reasons, table, writeDocument } from "./report.ts";
import type { Part, PartResult } from "./report.ts";
import { sweep } from "./sweep.ts";

const PARTS: readonly Part[] = [accept, coldStart, longHistory, pushToLive, memory, recovery, sweep, month, dashboard];

const { values } = parseArgs({ options: { only: { type: "string" } } });
const wanted = values.only?.split(",") ?? PARTS.map(({ letter }) => letter);
const unknown = wanted.filter((letter) => !PARTS.some((part) => part.letter === letter));
if (unknown.length > 0) throw new Error(`--only takes letters of ${PARTS.map(({ letter }) => letter).join(",")}`);

await build();
const results: PartResult[] = [];
for (const part of PARTS.filter(({ letter }) => wanted.includes(letter))) {
  console.log(`\n(${part.letter}) ${part.title}`);
  const folder = mkdtempSync(join(tmpdir(), "fraisier-bench-"));
  try {
    const rows = await part.run(folder);
    console.log([table(rows), reasons(rows)].filter((text) => text !== "").join("\n\n"));
    results.push({ part, rows });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
// Parts measured on different days would not be one table.
if (results.length === PARTS.length) writeDocument(results, "npm run bench");
