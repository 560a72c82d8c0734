import { posix } from "node:path";
import type { Rule } from "./import-table.ts";

export interface Import {
  /** Path below src/ of the importing file. */
  readonly from: string;
  /** Path below src/, or the name of a package. */
  readonly to: string;
  readonly isPackage: boolean;
  /** Erased before it runs. */
  readonly isType: boolean;
}

const STATEMENT = /^(?:import|export)\s+(type\s+)?(?:[^"';]*?\sfrom\s+)?"([^"]+)"/gm;
const DYNAMIC = /\bimport\(\s*"([^"]+)"/g;

/** Every import of a source file. Reads text in the one style `verbatimModuleSyntax` leaves. */
export function importsOf(from: string, text: string): readonly Import[] {
  const found: Import[] = [];
  const add = (target: string, isType: boolean): void => {
    const isPackage = !target.startsWith(".");
    found.push({ from, to: isPackage ? target : posix.join(posix.dirname(from), target), isPackage, isType });
  };
  for (const match of text.matchAll(STATEMENT)) add(match[2] ?? "", match[1] !== undefined);
  for (const match of text.matchAll(DYNAMIC)) add(match[1] ?? "", false);
  return found;
}

/** What is wrong with a tree of sources (path below src/ to text): sentences, none when all is well. */
export function checkImports(
  sources: ReadonlyMap<string, string>,
  table: Readonly<Record<string, Rule>>,
  families: Readonly<Record<string, readonly string[]>>,
): readonly string[] {
  const imports = [...sources].flatMap(([path, text]) => importsOf(path, text));
  // A gate that sees nothing must not be green.
  if (imports.length === 0) return ["no imports were seen at all: is the checker looking at the right place?"];
  return [
    ...unknownPlaces(sources, table),
    ...imports.flatMap((each) => checkOne(each, table) ?? checkFamily(each, families) ?? []),
    ...badNames(sources, families),
  ];
}

function placeOf(path: string): string {
  return path.split("/")[0] ?? path;
}

function unknownPlaces(sources: ReadonlyMap<string, string>, table: Readonly<Record<string, Rule>>): readonly string[] {
  const places = new Set([...sources.keys()].map(placeOf));
  return [...places]
    .filter((place) => !Object.hasOwn(table, place))
    .map((place) => `src/${place} is not in the import table: does it belong somewhere else?`);
}

function checkOne({ from, to, isPackage, isType }: Import, table: Readonly<Record<string, Rule>>): string | undefined {
  const rule = table[placeOf(from)];
  if (rule === undefined) return undefined;
  if (isPackage) {
    const isAllowed = rule.packages.some(
      (each) => to === each || to.startsWith(each.endsWith(":") ? each : `${each}/`),
    );
    return isAllowed ? undefined : `src/${from} imports the package ${to}, which ${placeOf(from)} may not`;
  }
  const place = placeOf(to);
  if (place === placeOf(from) || rule.uses.includes(place)) return undefined;
  if (!rule.knows.includes(place)) return `src/${from} imports src/${to}, and ${placeOf(from)} may not know ${place}`;
  return isType ? undefined : `src/${from} imports src/${to} for more than its types`;
}

function checkFamily(
  { from, to, isPackage }: Import,
  families: Readonly<Record<string, readonly string[]>>,
): string | undefined {
  const folder = posix.dirname(from);
  const shared = isPackage ? undefined : families[folder];
  const isMember = (path: string): boolean =>
    !shared?.includes(posix.basename(path)) && posix.basename(path) !== "index.ts";
  if (shared === undefined || posix.dirname(to) !== folder || !isMember(from) || !isMember(to)) return undefined;
  return `src/${from} imports its sibling src/${to}: members of a family do not know each other`;
}

function badNames(
  sources: ReadonlyMap<string, string>,
  families: Readonly<Record<string, readonly string[]>>,
): readonly string[] {
  const problems: string[] = [];
  const seen = new Map<string, string>();
  for (const path of sources.keys()) {
    const name = posix.basename(path);
    const folder = posix.dirname(path);
    if (name === "index.ts") {
      if (!Object.hasOwn(families, folder) && folder !== "cli/commands")
        problems.push(`src/${path}: only families have an index.ts`);
      continue;
    }
    const other = seen.get(name);
    // Commands, routes and members of a family are named after the word that people type.
    const isTyped = [folder, posix.dirname(other ?? "")].some(
      (each) => each.startsWith("cli/commands") || each === "http/routes" || Object.hasOwn(families, each),
    );
    if (other !== undefined && !isTyped) problems.push(`src/${path} has the name of src/${other}`);
    seen.set(name, path);
  }
  return problems;
}
