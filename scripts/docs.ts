import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { configurationTables } from "./configuration-table.ts";

const ROOT = join(import.meta.dirname, "..");
const PAGE = join(ROOT, "docs/configuration.md");
const START = "<!-- made from the schema by `npm run docs`: what stands here is overwritten -->";
const END = "<!-- end of what is made from the schema -->";

/** docs/configuration.md with its tables as the schema and the reference configuration give them now. */
export function configurationPage(): { readonly committed: string; readonly made: string } {
  const committed = readFileSync(PAGE, "utf8");
  const [start, end] = [committed.indexOf(START), committed.indexOf(END)];
  if (start === -1 || end < start) throw new Error(`${PAGE} lacks its markers:\n${START}\n${END}`);
  const tables = configurationTables(readFileSync(join(ROOT, "fraises.yaml"), "utf8"));
  return { committed, made: `${committed.slice(0, start)}${START}\n\n${tables}\n${committed.slice(end)}` };
}

if (import.meta.main) {
  const { committed, made } = configurationPage();
  if (made !== committed) writeFileSync(PAGE, made);
  console.log(made === committed ? "docs/configuration.md is up to date" : "docs/configuration.md is written anew");
}
