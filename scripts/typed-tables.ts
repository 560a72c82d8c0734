import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Checker, Symbol, Type } from "typescript/unstable/sync";
import { API } from "typescript/unstable/sync";

/** A column as src/store/tables.ts types it. */
export interface TypedColumn {
  readonly type: "text" | "integer" | "blob";
  readonly isNullable: boolean;
  /** An insert may leave it out. */
  readonly isGenerated: boolean;
  /** The words that it may hold; empty if any text or number may stand in it. */
  readonly words: readonly string[];
  /** Its docstring. */
  readonly meaning: string;
}

/** A table or view as src/store/tables.ts types it. */
export interface TypedTable {
  /** Its docstring. */
  readonly meaning: string;
  readonly columns: Readonly<Record<string, TypedColumn>>;
}

export type TypedTables = Readonly<Record<string, TypedTable>>;

const ROOT = join(import.meta.dirname, "..");
const FILE = join(ROOT, "src/store/tables.ts");

/** Every table and view of src/store/tables.ts with its columns, as the TypeScript compiler understands them. */
export function typedTables(): TypedTables {
  const folder = mkdtempSync(join(tmpdir(), "fraisier-tables-"));
  const project = join(folder, "tsconfig.json");
  writeFileSync(
    project,
    JSON.stringify({
      extends: join(ROOT, "tsconfig.json"),
      include: [],
      files: [FILE],
      compilerOptions: { types: [] },
    }),
  );
  const api = new API({ cwd: ROOT });
  try {
    const opened = api.updateSnapshot({ openProject: project }).getProject(project);
    const file = opened?.program.getSourceFile(FILE);
    if (opened === undefined || file === undefined) throw new Error(`TypeScript does not open ${FILE}`);
    const { checker } = opened;
    const module = checker.getSymbolAtLocation(file);
    const tables = module && checker.getExportsOfModule(module).find(({ name }) => name === "Tables");
    const type = tables && checker.getDeclaredTypeOfSymbol(tables);
    return mapProperties(checker, type, (table, symbol) => ({
      meaning: meaningOf(checker, symbol),
      columns: mapProperties(checker, table, (column, of) => ({
        ...columnOf(checker, column),
        meaning: meaningOf(checker, of),
      })),
    }));
  } finally {
    api.close();
    rmSync(folder, { recursive: true });
  }
}

function mapProperties<Value>(
  checker: Checker,
  type: Type | undefined,
  map: (type: Type, symbol: Symbol) => Value,
): Record<string, Value> {
  if (type === undefined) throw new Error("a type of src/store/tables.ts was not found");
  return Object.fromEntries(
    checker.getPropertiesOfType(type).map((property) => {
      const found = checker.getTypeOfSymbol(property);
      if (found === undefined) throw new Error(`${property.name} has no type`);
      return [property.name, map(found, property)];
    }),
  );
}

function meaningOf(checker: Checker, symbol: Symbol): string {
  return symbol.getDocumentationComment(checker).replaceAll(/\s+/g, " ").trim();
}

function columnOf(checker: Checker, type: Type): Omit<TypedColumn, "meaning"> {
  const text = checker.typeToString(type);
  const generated = /^Generated<(.*)>$/.exec(text)?.[1];
  if (generated !== undefined) return { type: kindOf(generated), isNullable: false, isGenerated: true, words: [] };
  const members = (type.isUnionType() ? type.getTypes() : [type]).map((member) => checker.typeToString(member));
  const kinds = [...new Set(members.filter((member) => member !== "null").map(kindOf))];
  if (kinds.length !== 1) throw new Error(`a column cannot be ${text}`);
  const words = members
    .filter((member) => member.startsWith('"'))
    .map((member) => member.slice(1, -1))
    .toSorted();
  return { type: kinds[0] ?? "text", isNullable: members.includes("null"), isGenerated: false, words };
}

function kindOf(type: string): TypedColumn["type"] {
  if (type === "string" || type.startsWith('"')) return "text";
  if (type === "number" || /^\d+$/.test(type)) return "integer";
  if (type.startsWith("Uint8Array")) return "blob";
  throw new Error(`a column of SQLite cannot be ${type}`);
}
