import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { commandTables, whereTable } from "./command-tables.ts";
import { apiTables, eventTable, verbTable } from "./api-tables.ts";
import { metricsTable } from "./metrics-table.ts";
import { errorTable, exitCodeTable, phaseTable, statusTable, stepTable } from "./code-tables.ts";
import { storeTables } from "./store-tables.ts";
import { configurationTables } from "./configuration-table.ts";

const ROOT = join(import.meta.dirname, "..");

/** The pages that hold tables made from code: each table by the words that its markers say it is made from. */
const PAGES: Readonly<Record<string, Readonly<Record<string, () => string>>>> = {
  "docs/configuration.md": {
    "the schema": () => configurationTables(readFileSync(join(ROOT, "fraises.yaml"), "utf8")),
  },
  "docs/lifecycle.md": { "src/domain/deployment.ts": statusTable, "src/domain/phase.ts": phaseTable },
  "docs/adding-a-deployer.md": { "src/steps": stepTable },
  "docs/cli.md": { "src/cli/exit-codes.ts": exitCodeTable, "src/cli/commands": commandTables },
  "docs/remote.md": { "src/cli/commands": whereTable },
  "docs/api.md": {
    "src/http/api/questions.ts": apiTables,
    "src/answers/schemas/event-documents.ts": eventTable,
    "src/actions/verbs.ts": verbTable,
  },
  "docs/metrics.md": { "src/metrics": metricsTable },
  "docs/tables.md": { "src/store/tables": storeTables },
  "docs/errors.md": { "src/cli/exit-codes.ts": exitCodeTable, "src/domain/errors.ts": errorTable },
};

/** A page as it is committed, and as the code makes it now. */
export interface MadePage {
  readonly page: string;
  readonly committed: string;
  readonly made: string;
}

/** The pages whose tables are made from code. */
export function madePages(): readonly MadePage[] {
  return Object.entries(PAGES).map(([page, tables]) => {
    const committed = readFileSync(join(ROOT, page), "utf8");
    const made = Object.entries(tables).reduce(
      (text, [source, make]) => replaced(page, text, source, make()),
      committed,
    );
    return { page, committed, made };
  });
}

function replaced(page: string, text: string, source: string, table: string): string {
  const opening = `<!-- made from ${source} by \`npm run docs\`: what stands here is overwritten -->`;
  const closing = `<!-- end of what is made from ${source} -->`;
  const [start, end] = [text.indexOf(opening), text.indexOf(closing)];
  if (start === -1 || end < start) throw new Error(`${page} lacks its markers:\n${opening}\n${closing}`);
  return `${text.slice(0, start)}${opening}\n\n${table}\n${text.slice(end)}`;
}

if (import.meta.main) {
  for (const { page, committed, made } of madePages()) {
    if (made !== committed) writeFileSync(join(ROOT, page), made);
    console.log(`${page} is ${made === committed ? "up to date" : "written anew"}`);
  }
}
